// A worker thread of GloVe: trains on the ranges of the file of records that it is told, and answers each when it is
// done. Plain JavaScript, so that it can be loaded from source and from the built package.
import { openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

/** @typedef {(model: number, words: number, width: number, records: number, count: number, rate: number, clip: number, cost: number) => number} TrainBatch */

const RECORD_BYTES = 16
// As GlovePool's GloveJob.
const { module, memory, path, worker, batchRecords, model, words, width, records, rate, clip, cost } =
  workerData
const { Instance } = /** @type {any} */ (globalThis).WebAssembly
const trainBatch = /** @type {TrainBatch} */ (new Instance(module, { env: { memory } }).exports.train)
const control = new Int32Array(memory.buffer, 0, worker + 2)
const room = new Uint8Array(memory.buffer, records, batchRecords * RECORD_BYTES)
const file = openSync(path, 'r')

/**
 * Trains on records begin … end − 1; gives the index of the first one whose cost is not finite, or −1. Ends early when
 * the control word is set, and counts its batches in its own word.
 *
 * @param {number} begin
 * @param {number} end
 */
function trainRange(begin, end) {
  for (let at = begin; at < end && Atomics.load(control, 0) === 0; ) {
    const count = Math.min(batchRecords, end - at)
    readRecords(at, count)
    const done = trainBatch(model, words, width, records, count, rate, clip, cost)
    if (done < count) return at + done
    Atomics.add(control, worker + 1, 1)
    at += count
  }
  return -1
}

/**
 * Reads records into this worker's room in the shared memory.
 *
 * @param {number} at
 * @param {number} count
 */
function readRecords(at, count) {
  const bytes = count * RECORD_BYTES
  for (let got = 0; got < bytes; ) {
    const read = readSync(file, room, got, bytes - got, at * RECORD_BYTES + got)
    if (read === 0) throw new Error(`${path} ends too early`)
    got += read
  }
}

parentPort?.on('message', (/** @type {{ begin: number, end: number }} */ { begin, end }) => {
  parentPort?.postMessage(trainRange(begin, end))
})
