import { setImmediate } from 'node:timers/promises'
import { type Key, random } from '@elman/core'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import { uniformStream } from '../random/uniform-stream.ts'
import type { UnitRows } from './map-rows.ts'
import { nearestRows } from './nearest-rows.ts'
import { principalComponents } from './principal-components.ts'

/** How UMAP lays words out. */
export interface UmapOptions {
  /** Neighbours that hold a word in place; few show detail, many the whole; default 15. */
  readonly neighbours?: number
  /** Least distance of points, in units of the layout; default 0.1. */
  readonly minimumDistance?: number
  /** Rounds of optimisation; default 500 up to 2500 words, fewer for more. */
  readonly epochs?: number
  /** Where the points start: on the plane of the two first principal components, or anywhere; default `pca`. */
  readonly start?: 'pca' | 'random'
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
}

/** Half the width of the square that points start in; what umap-js uses for random starts. */
const START_RADIUS = 10
const MILLISECONDS_AT_ONCE = 30

/**
 * Lays rows out in the plane by UMAP (McInnes et al. 2018; umap-js) with cosine distance. The neighbours are exact, not
 * umap-js's own approximation, and by default the start is the plane of the principal components instead of chance, so
 * that the coarse shape does not depend on the seed.
 *
 * @returns float64 [rows × 2]
 * @throws the signal's reason when it is aborted.
 */
export async function umapLayout(rows: UnitRows, key: Key, options: UmapOptions): Promise<Float64Array> {
  const { neighbours = 15, minimumDistance = 0.1, epochs, start = 'pca', onProgress, signal } = options
  const count = rows.indices.length
  const nearest = await nearestRows(rows, Math.min(neighbours, count - 1) - 1, { onProgress, signal })
  const { UMAP } = await import('umap-js')
  const umap = new UMAP({
    nNeighbors: nearest.count + 1,
    minDist: minimumDistance,
    random: uniformStream(random.foldIn(key, 'umap')),
    ...(epochs !== undefined && { nEpochs: epochs }),
  })
  // As umap-js has it, a point is the first of its own neighbours.
  const indices = Array.from({ length: count }, (_, row) => [row, ...slice(nearest.rows, row, nearest.count)])
  const distances = Array.from({ length: count }, (_, row) => [
    0,
    ...slice(nearest.similarities, row, nearest.count).map(similarity => Math.max(0, 1 - similarity)),
  ])
  umap.setPrecomputedKNN(indices, distances)
  // Only the number of points is read when the neighbours are given.
  const rounds = umap.initializeFit(Array.from({ length: count }, () => []))
  const points = umap.getEmbedding()
  if (start === 'pca') startFromPlane(points, rows, random.foldIn(key, 'start'))
  const meter = createProgressMeter('lay out', 'rows', rounds, onProgress)
  let last = performance.now()
  for (let round = 0; round < rounds; round++) {
    umap.step()
    if (performance.now() - last < MILLISECONDS_AT_ONCE) continue
    meter(round)
    await setImmediate()
    signal?.throwIfAborted()
    last = performance.now()
  }
  meter(rounds)
  return Float64Array.from(umap.getEmbedding().flat())
}

/** Moves the points to their places on the plane of the two first components, with a little noise against ties. */
function startFromPlane(points: number[][], { matrix, dimensions }: UnitRows, key: Key): void {
  const { projected } = principalComponents(matrix, dimensions, 2, random.foldIn(key, 'directions'))
  const width = projected.length / points.length
  const largest = projected.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  const noise = random.uniform(random.foldIn(key, 'noise'), points.length * 2, 'float64')
  for (const [row, point] of points.entries()) {
    for (let axis = 0; axis < 2; axis++) {
      const place = axis < width ? projected[row * width + axis]! / largest : 0
      point[axis] = place * START_RADIUS + (noise[row * 2 + axis]! - 0.5) * 1e-3
    }
  }
}

function slice(array: Int32Array | Float32Array, row: number, count: number): number[] {
  return Array.from(array.subarray(row * count, (row + 1) * count))
}
