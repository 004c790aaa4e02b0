/** Curves as points: made smaller than a figure can show, smoothed, and summed over resumptions. */

/** One point of a curve, in data units. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Points whose both coordinates are finite. */
export function finite(points: readonly Point[]): Point[] {
  return points.filter(point => Number.isFinite(point.x) && Number.isFinite(point.y))
}

/**
 * At most `limit` points that look the same as all of them: the lowest and the highest of each bucket, in order, and both
 * ends. No spike is lost. Points must be finite.
 */
export function thin(points: readonly Point[], limit = 2000): readonly Point[] {
  if (points.length <= limit) return points
  const buckets = Math.floor((limit - 2) / 2)
  const kept = [points[0]!]
  const inner = points.length - 2
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = 1 + Math.floor((bucket * inner) / buckets)
    const to = 1 + Math.floor(((bucket + 1) * inner) / buckets)
    let low = from
    let high = from
    for (let index = from + 1; index < to; index++) {
      if (points[index]!.y < points[low]!.y) low = index
      if (points[index]!.y > points[high]!.y) high = index
    }
    kept.push(points[Math.min(low, high)]!)
    if (low !== high) kept.push(points[Math.max(low, high)]!)
  }
  kept.push(points.at(-1)!)
  return kept
}

/**
 * Moving mean over `2 * reach + 1` points around each. At the start, where losses fall steeply, the window shrinks on both
 * sides; at the end only the missing half is left out, so that the last value is a mean too.
 */
export function smooth(points: readonly Point[], reach: number): Point[] {
  const sums = [0]
  for (const point of points) sums.push(sums.at(-1)! + point.y)
  return points.map((point, index) => {
    const side = Math.min(reach, index)
    const end = Math.min(index + side + 1, points.length)
    return { x: point.x, y: (sums[end]! - sums[index - side]!) / (end - index + side) }
  })
}

/** Number of the pass over the data, from one, in which a count of passes done (0.2, 1, 1.3) was reached. */
export function passOf(epochs: number): number {
  return Math.ceil(epochs - 1e-9)
}

/** Total of a counter that starts again from zero when a run resumes: the sum of its rises. */
export function totalOf(values: readonly number[]): number {
  let total = 0
  let previous = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    total += value >= previous ? value - previous : value
    previous = value
  }
  return total
}

/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  if (sorted.length === 0) return Number.NaN
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
