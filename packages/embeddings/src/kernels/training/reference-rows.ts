/** Rows of the twin: where they lie, sums of them, and the exchange of hot ones. */

import type { ReferenceJob } from './reference-job.ts'

const { fround } = Math

/** Address of an input row. */
export function inputRow(job: ReferenceJob, row: number): number {
  return (row < job.hotInputRows ? job.hotInput : job.input) + row * job.stride
}

/** Address of an output row. */
export function outputRow(job: ReferenceJob, row: number): number {
  return (row < job.hotOutputRows ? job.hotOutput : job.output) + row * job.stride
}

/** row += other */
export function addRow({ floats, stride }: ReferenceJob, row: number, other: number): void {
  for (let k = 0; k < stride; k++) floats[row + k] = floats[row + k]! + floats[other + k]!
}

/** Exchanges all hot rows. */
export function exchange(job: ReferenceJob): void {
  const { floats, stride } = job
  const exchangeRows = (shared: number, copy: number, base: number, rows: number) => {
    for (let k = 0; k < rows * stride; k++) {
      const moved = fround(floats[copy + k]! - floats[base + k]!)
      floats[shared + k] = floats[shared + k]! + moved
      floats[copy + k] = floats[base + k] = floats[shared + k]!
    }
  }
  exchangeRows(job.input, job.hotInput, job.baseInput, job.hotInputRows)
  exchangeRows(job.output, job.hotOutput, job.baseOutput, job.hotOutputRows)
}

/** Adds a worker's changes in one part of the rows to the shared matrices. */
export function contribute(job: ReferenceJob, part: number, parts: number): void {
  const { floats, stride } = job
  const rowsOf = (shared: number, copy: number, base: number, shares: number, rows: number) => {
    for (let row = Math.floor((rows * part) / parts); row < Math.floor((rows * (part + 1)) / parts); row++) {
      for (let k = row * stride; k < (row + 1) * stride; k++) {
        const change = fround(floats[copy + k]! - floats[base + k]!)
        floats[shared + k] = floats[shared + k]! + fround(floats[shares + row]! * change)
      }
    }
  }
  rowsOf(job.input, job.hotInput, job.baseInput, job.inputShares, job.hotInputRows)
  rowsOf(job.output, job.hotOutput, job.baseOutput, job.outputShares, job.hotOutputRows)
}

/** The copies become what the shared matrices are. */
export function refresh(job: ReferenceJob): void {
  const { floats, stride } = job
  const fetch = (shared: number, copy: number, base: number, rows: number) => {
    floats.copyWithin(copy, shared, shared + rows * stride)
    floats.copyWithin(base, shared, shared + rows * stride)
  }
  fetch(job.input, job.hotInput, job.baseInput, job.hotInputRows)
  fetch(job.output, job.hotOutput, job.baseOutput, job.hotOutputRows)
  job.sinceMeeting = 0
}

/** What a worker does every so many centre words: exchange, tell its progress, take the part whose turn it is. */
export function meet(job: ReferenceJob): void {
  const { naturals, progress, parts } = job
  job.sinceMeeting = 0
  exchange(job)
  const part = (job.worker + Math.floor(naturals[progress]! / job.turn)) % parts
  naturals[progress] = naturals[progress]! + job.interval
  job.part = part
  job.partTable = job.alias + part * job.aliasStride
  job.partSlots = naturals[job.partSizes + part]!
}

/** Appends the rows that stand for a word to the job's lists. */
export function putWord(job: ReferenceJob, word: number): void {
  const { naturals, subwordOffsets, subwordRows } = job
  const begin = job.subwords ? naturals[subwordOffsets + word]! : 0
  const end = job.subwords ? naturals[subwordOffsets + word + 1]! : 1
  for (let at = begin; at < end; at++) {
    const row = job.subwords ? naturals[subwordRows + at]! : word
    job.sourceRows.push(inputRow(job, row))
    if (row >= job.frozenRows) job.changedRows.push(inputRow(job, row))
  }
}

/** hidden = the sum of the listed rows, or their mean, added four at a time. */
export function gather(job: ReferenceJob, mean: boolean): void {
  const { floats, hidden, stride, sourceRows } = job
  floats.fill(0, hidden, hidden + stride)
  const whole = sourceRows.length - (sourceRows.length % 4)
  for (let at = 0; at < whole; at += 4) {
    const [r0, r1, r2, r3] = [sourceRows[at]!, sourceRows[at + 1]!, sourceRows[at + 2]!, sourceRows[at + 3]!]
    for (let k = 0; k < stride; k++) {
      const left = fround(floats[r0 + k]! + floats[r1 + k]!)
      const right = fround(floats[r2 + k]! + floats[r3 + k]!)
      floats[hidden + k] = floats[hidden + k]! + fround(left + right)
    }
  }
  for (const row of sourceRows.slice(whole)) addRow(job, hidden, row)
  if (!mean) return
  const factor = fround(1 / sourceRows.length)
  for (let k = 0; k < stride; k++) floats[hidden + k] = floats[hidden + k]! * factor
}

/** Each row that may change += error. */
export function scatter(job: ReferenceJob, error: number): void {
  for (const row of job.changedRows) addRow(job, row, error)
}
