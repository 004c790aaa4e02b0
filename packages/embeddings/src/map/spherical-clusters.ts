import { type Key, random } from '@elman/core'
import { uniformStream } from '../random/uniform-stream.ts'
import type { UnitRows } from './map-rows.ts'

/** Rows gathered around directions. */
export interface SphericalClusters {
  /** Cluster of each row. */
  readonly assignment: Int32Array
  /** Of each cluster, its rows by falling similarity to its centre. */
  readonly members: readonly (readonly number[])[]
}

const MAXIMUM_ROUNDS = 100

/**
 * Spherical k-means (Dhillon & Modha 2001) in the full space: the centres are directions, drawn at first by k-means++
 * (Arthur & Vassilvitskii 2007). Clusters come by falling size; empty ones are left out.
 */
export function sphericalClusters(
  { matrix, dimensions, indices }: UnitRows,
  clusters: number,
  key: Key,
): SphericalClusters {
  const count = indices.length
  const row = (at: number) => matrix.subarray(at * dimensions, (at + 1) * dimensions)
  const centres = firstCentres(row, count, Math.min(clusters, count), key)
  const assignment = new Int32Array(count).fill(-1)
  const similarity = new Float64Array(count)
  for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
    let moved = 0
    for (let at = 0; at < count; at++) {
      let best = 0
      let most = Number.NEGATIVE_INFINITY
      for (let cluster = 0; cluster < centres.length; cluster++) {
        const near = dot(row(at), centres[cluster]!)
        if (near > most) [best, most] = [cluster, near]
      }
      if (assignment[at] !== best) moved++
      assignment[at] = best
      similarity[at] = most
    }
    if (moved === 0) break
    moveCentres(centres, row, assignment)
  }
  const members = centres.map(() => [] as number[])
  for (const [at, cluster] of assignment.entries()) members[cluster]!.push(at)
  const kept = members
    .filter(rows => rows.length > 0)
    .map(rows => rows.sort((a, b) => similarity[b]! - similarity[a]! || a - b))
    .sort((a, b) => b.length - a.length || a[0]! - b[0]!)
  kept.forEach((rows, cluster) => {
    for (const at of rows) assignment[at] = cluster
  })
  return { assignment, members: kept }
}

function firstCentres(
  row: (at: number) => Float32Array,
  count: number,
  clusters: number,
  key: Key,
): Float64Array[] {
  const draw = uniformStream(random.foldIn(key, 'centres'))
  const centres = [Float64Array.from(row(Math.floor(draw() * count)))]
  const distance = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  while (centres.length < clusters) {
    const last = centres.at(-1)!
    let sum = 0
    for (let at = 0; at < count; at++) {
      distance[at] = Math.min(distance[at]!, Math.max(0, 1 - dot(row(at), last)))
      sum += distance[at]!
    }
    if (!(sum > 1e-9)) break // every row lies on a centre already
    let left = draw() * sum
    let chosen = 0
    while (chosen < count - 1 && left >= distance[chosen]!) left -= distance[chosen++]!
    centres.push(Float64Array.from(row(chosen)))
  }
  return centres
}

function moveCentres(
  centres: Float64Array[],
  row: (at: number) => Float32Array,
  assignment: Int32Array,
): void {
  const sums = centres.map(centre => new Float64Array(centre.length))
  assignment.forEach((cluster, at) => {
    const sum = sums[cluster]!
    const values = row(at)
    for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!
  })
  for (const [cluster, sum] of sums.entries()) {
    const length = Math.sqrt(dot(sum, sum))
    if (length > 0) centres[cluster] = sum.map(value => value / length) // a centre without rows stays
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
