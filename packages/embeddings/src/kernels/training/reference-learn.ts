/** Logistic regression of the twin: the kernel's sums in the kernel's order, one float at a time. */

import type { ReferenceJob } from './reference-job.ts'
import { drawNegative } from './reference-random.ts'
import { addRow, outputRow } from './reference-rows.ts'
import { SIGMOID_BINS, SIGMOID_LIMIT } from './sigmoid-table.ts'

const { fround } = Math

/** Output rows that one sweep trains together. */
const GROUP = 6

/** x · row: four partial sums, then (0 + 2) + (1 + 3). */
function product(floats: Float32Array, x: number, row: number, stride: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  for (let k = 0; k < stride; k += 4) {
    s0 = fround(s0 + fround(floats[x + k]! * floats[row + k]!))
    s1 = fround(s1 + fround(floats[x + k + 1]! * floats[row + k + 1]!))
    s2 = fround(s2 + fround(floats[x + k + 2]! * floats[row + k + 2]!))
    s3 = fround(s3 + fround(floats[x + k + 3]! * floats[row + k + 3]!))
  }
  return fround(fround(s0 + s2) + fround(s1 + s3))
}

/** Trains on `count` targets from the list's `first` on. */
function group(
  job: ReferenceJob,
  x: number,
  destination: number,
  first: number,
  count: number,
  rate: number,
): void {
  const { floats, naturals, stride } = job
  const rows: number[] = []
  const gradients: number[] = []
  for (let index = first; index < first + count; index++) {
    const row = naturals[job.targets + index]! / 4
    const sign = floats[job.signs + index]!
    const z = sign * product(floats, x, row, stride)
    const place = Math.trunc(fround(fround(z + SIGMOID_LIMIT) * (SIGMOID_BINS / 2 / SIGMOID_LIMIT)))
    const entry = job.sigmoid + 2 * Math.min(Math.max(place || 0, 0), SIGMOID_BINS - 1)
    job.loss += z < -SIGMOID_LIMIT ? -z : floats[entry + 1]!
    rows.push(row)
    gradients.push(fround(sign * rate * floats[entry]!))
  }
  for (let k = 0; k < stride; k++) {
    const value = floats[x + k]!
    let error = 0
    for (let index = 0; index < count; index++) {
      const row = rows[index]! + k
      const gradient = gradients[index]!
      const part = fround(gradient * floats[row]!)
      error = index === 0 ? part : fround(error + part)
      floats[row] = floats[row]! + fround(gradient * value)
    }
    floats[destination + k] = floats[destination + k]! + error
  }
}

/** Trains x on the first `count` targets of the list: destination += the error of x. */
export function learn(job: ReferenceJob, x: number, destination: number, count: number, rate: number): void {
  const later = count > GROUP && x === destination
  const into = later ? job.error : destination
  if (later) job.floats.fill(0, into, into + job.stride)
  for (let first = 0; first < count; first += GROUP) {
    group(job, x, into, first, Math.min(GROUP, count - first), rate)
  }
  if (later) addRow(job, destination, into)
}

/** Draws the negatives of a whole window. */
export function drawShared(job: ReferenceJob): void {
  for (let index = 0; index < job.negative; index++) job.naturals[job.negatives + index] = drawNegative(job)
}

/** Fills the list of targets for a predicted word; returns how many. */
export function takeTargets(job: ReferenceJob, word: number): number {
  const { naturals, floats } = job
  let count = 0
  const put = (row: number, sign: number) => {
    naturals[job.targets + count] = outputRow(job, row) * 4
    floats[job.signs + count++] = sign
  }
  if (job.hierarchical) {
    const end = naturals[job.pathOffsets + word + 1]!
    for (let at = naturals[job.pathOffsets + word]!; at < end; at++) {
      const step = naturals[job.paths + at]!
      put(step >>> 1, step & 1 ? -1 : 1)
    }
    return count
  }
  put(word, 1)
  for (let index = 0; index < job.negative; index++) {
    const other = job.sharedNegatives ? naturals[job.negatives + index]! : drawNegative(job)
    if (other !== word) put(other, -1)
  }
  return count
}
