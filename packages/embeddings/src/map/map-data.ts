import { type Key, random } from '@elman/core'
import type { OnProgress } from '../progress/embedding-progress.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import { unitRows } from './map-rows.ts'
import type { MapPoint } from './map-words.ts'
import { nearestRows } from './nearest-rows.ts'
import { sphericalClusters } from './spherical-clusters.ts'

/** A group of words that share a mark on the map. */
export interface MapGroup {
  readonly name: string
  readonly size: number
}

/** What the script of a map's page is given. Arrays run over the words, most frequent first. */
export interface MapData {
  readonly words: readonly string[]
  /** Places in 0 … 100 000, the same scale on both axes. */
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Occurrences, where they are known. */
  readonly counts?: readonly number[]
  /** Row in the table of vectors, from 1. */
  readonly ranks: readonly number[]
  /** Nearest words on the map in the full space: `near` of them a word, with their cosine in thousandths. */
  readonly near: number
  readonly neighbours: readonly number[]
  readonly similarities: readonly number[]
  /** Ways to colour: by cluster, by frequency. */
  readonly clusters: { readonly groups: readonly MapGroup[]; readonly of: readonly number[] }
  readonly bands: { readonly groups: readonly MapGroup[]; readonly of: readonly number[] }
}

const GRID = 100_000

/** Gathers all that the page shows: neighbours, clusters and frequency bands, found in the full space. */
export async function mapData(
  vectors: WordVectors,
  points: readonly MapPoint[],
  options: {
    neighbours: number
    clusters: number
    key: Key
    onProgress?: OnProgress | undefined
    signal?: AbortSignal | undefined
  },
): Promise<MapData> {
  const byRow = new Map(points.map(point => [vectors.indexOf(point.word), point])) // a word given twice is shown once
  const placed = [...byRow]
    .map(([row, point]) => ({ row, point }))
    .sort((a, b) => countOf(vectors, b.row) - countOf(vectors, a.row) || a.row - b.row)
  const indices = Int32Array.from(placed, ({ row }) => row)
  const rows = unitRows(vectors, indices)
  const nearest = await nearestRows(rows, options.neighbours, options)
  const gathered = sphericalClusters(rows, options.clusters, random.foldIn(options.key, 'clusters'))
  const words = placed.map(({ point }) => point.word)
  const groups = gathered.members.map(members => ({ name: nameOf(members, words), size: members.length }))
  return {
    words,
    ...onGrid(placed.map(({ point }) => point)),
    ...(vectors.counts !== undefined && { counts: Array.from(indices, row => vectors.counts![row]!) }),
    ranks: Array.from(indices, row => row + 1),
    near: nearest.count,
    neighbours: Array.from(nearest.rows),
    similarities: Array.from(nearest.similarities, similarity => Math.round(similarity * 1000)),
    clusters: { groups, of: Array.from(gathered.assignment) },
    bands: frequencyBands(indices, vectors.counts),
  }
}

/** Three frequent words of those nearest to the centre. */
function nameOf(members: readonly number[], words: readonly string[]): string {
  const central = members.slice(0, Math.max(3, Math.min(60, Math.ceil(members.length / 4))))
  return [...central]
    .sort((a, b) => a - b)
    .slice(0, 3)
    .map(at => shortened(words[at]!))
    .join(', ')
}

function shortened(word: string): string {
  const letters = Array.from(word)
  return letters.length > 20 ? `${letters.slice(0, 19).join('')}…` : word
}

function onGrid(points: readonly MapPoint[]): { x: number[]; y: number[] } {
  const low = { x: Number.POSITIVE_INFINITY, y: Number.POSITIVE_INFINITY }
  const high = { x: Number.NEGATIVE_INFINITY, y: Number.NEGATIVE_INFINITY }
  for (const { x, y } of points) {
    low.x = Math.min(low.x, x)
    low.y = Math.min(low.y, y)
    high.x = Math.max(high.x, x)
    high.y = Math.max(high.y, y)
  }
  const scale = GRID / (Math.max(high.x - low.x, high.y - low.y) || 1)
  return {
    x: points.map(({ x }) => Math.round((x - low.x) * scale)),
    y: points.map(({ y }) => Math.round((high.y - y) * scale)), // screens count downwards
  }
}

/** Bands of the count from 1, 3, 10, 30, …; of the rank where counts are not known. Most frequent first, none empty. */
function frequencyBands(indices: Int32Array, counts: Float64Array | undefined): MapData['bands'] {
  const levels = Array.from(indices, row =>
    levelOf(counts === undefined ? row + 1 : Math.max(1, counts[row]!)),
  )
  const order = counts === undefined ? 1 : -1
  const present = [...new Set(levels)].sort((a, b) => order * (a - b))
  const number = (value: number) => new Intl.NumberFormat('en-US').format(value)
  const groups = present.map(level => {
    const range = `${number(leastOf(level))} to ${number(leastOf(level + 1) - 1)}`
    const size = levels.filter(other => other === level).length
    return { name: counts === undefined ? `rank ${range}` : `${range} times`, size }
  })
  return { groups, of: levels.map(level => present.indexOf(level)) }
}

/** Two levels to a power of ten: from 1 and from 3. */
function levelOf(value: number): number {
  const power = Math.floor(Math.log10(value) + 1e-12)
  return 2 * power + (value >= 3 * 10 ** power ? 1 : 0)
}

function leastOf(level: number): number {
  return (level % 2 === 0 ? 1 : 3) * 10 ** Math.floor(level / 2)
}

function countOf({ counts }: WordVectors, row: number): number {
  return counts === undefined ? -row : counts[row]!
}
