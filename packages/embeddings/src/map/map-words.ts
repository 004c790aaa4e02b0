import { ElmanError, random } from '@elman/core'
import type { WordVectors } from '../words/word-vectors.ts'
import { checkWhole, chooseRows, type MapSelection, unitRows } from './map-rows.ts'
import { principalComponents } from './principal-components.ts'
import { type UmapOptions, umapLayout } from './umap-layout.ts'

/** A word and its place on a map. */
export interface MapPoint {
  readonly word: string
  readonly x: number
  readonly y: number
}

/** How {@link mapWords} chooses words and places them. */
export interface MapOptions extends MapSelection, UmapOptions {
  /** `umap` keeps neighbours together, `pca` shows the two directions of most variance; default `umap`. */
  readonly method?: 'umap' | 'pca'
  /** Seed of all that is drawn; default 1. The same seed gives the same map. */
  readonly seed?: number
}

/**
 * Places words in the plane. Vectors are compared by direction (cosine), their lengths do not matter.
 *
 * @throws `EMBEDDING_WORD_UNKNOWN`, `EMBEDDING_MAP_TOO_FEW_WORDS`, `EMBEDDING_MAP_OPTION_INVALID`; the signal's reason
 * when it is aborted.
 */
export async function mapWords(vectors: WordVectors, options: MapOptions = {}): Promise<readonly MapPoint[]> {
  const { method = 'umap', seed = 1, neighbours, minimumDistance, epochs } = options
  if (neighbours !== undefined) checkWhole('neighbours', neighbours, 2)
  if (epochs !== undefined) checkWhole('epochs', epochs, 1)
  if (minimumDistance !== undefined) checkDistance(minimumDistance)
  options.signal?.throwIfAborted()
  const rows = unitRows(vectors, chooseRows(vectors, options))
  const key = random.foldIn(random.key(seed), 'map')
  const places = method === 'pca' ? plane() : lengthwise(await umapLayout(rows, key, options))
  return Array.from(rows.indices, (index, at) => ({
    word: vectors.wordAt(index),
    x: places[at * 2]!,
    y: places[at * 2 + 1]!,
  }))

  function plane(): Float64Array {
    const { projected } = principalComponents(rows.matrix, rows.dimensions, 2, key)
    if (rows.dimensions > 1) return projected
    return Float64Array.from({ length: projected.length * 2 }, (_, at) => (at % 2 ? 0 : projected[at / 2]!))
  }
}

/** Turns a layout so that its longest extent lies along x: UMAP gives no direction a meaning. */
function lengthwise(places: Float64Array): Float64Array {
  return principalComponents(places, 2, 2, random.key(0)).projected
}

function checkDistance(distance: number): void {
  if (distance >= 0 && distance <= 1) return
  throw new ElmanError('EMBEDDING_MAP_OPTION_INVALID', {
    message: 'the option "minimumDistance" of a map is out of range',
    expected: 'a number from 0 to 1',
    found: String(distance),
  })
}
