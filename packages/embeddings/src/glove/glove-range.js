// Trains on a range of a file of records. Plain JavaScript, so that a worker thread can load it from source and built.
import { closeSync, openSync, readSync } from 'node:fs'

/**
 * @typedef {object} GloveRangeJob
 * @property {object} module compiled kernel
 * @property {{ readonly buffer: SharedArrayBuffer }} memory
 * @property {string} path file of training records
 * @property {number} words
 * @property {number} width
 * @property {number} model address of the model
 * @property {number} records address of the room for one batch
 * @property {number} cost address of the cost
 * @property {number} batchRecords records that fit into the room
 * @property {number} rate
 * @property {number} clip
 * @property {number} worker
 */

/** @typedef {(model: number, words: number, width: number, records: number, count: number, rate: number, clip: number, cost: number) => number} TrainBatch */

const RECORD_BYTES = 16

/**
 * A function that trains on records begin … end − 1 and gives the index of the first one whose cost is not finite, or
 * −1. It ends early when the control word is set, and counts its batches in its own word.
 *
 * @param {GloveRangeJob} job
 */
export function openGloveRange(job) {
  const { Instance } = /** @type {any} */ (globalThis).WebAssembly
  const instance = new Instance(job.module, { env: { memory: job.memory } })
  const trainBatch = /** @type {TrainBatch} */ (instance.exports.train)
  const control = new Int32Array(job.memory.buffer, 0, job.worker + 2)
  const room = new Uint8Array(job.memory.buffer, job.records, job.batchRecords * RECORD_BYTES)
  const file = openSync(job.path, 'r')
  return {
    /**
     * @param {number} begin
     * @param {number} end
     */
    train(begin, end) {
      for (let at = begin; at < end && Atomics.load(control, 0) === 0; ) {
        const count = Math.min(job.batchRecords, end - at)
        const bytes = count * RECORD_BYTES
        for (let got = 0; got < bytes; ) {
          const read = readSync(file, room, got, bytes - got, at * RECORD_BYTES + got)
          if (read === 0) throw new Error(`${job.path} ends too early`)
          got += read
        }
        const { model, words, width, records, rate, clip, cost } = job
        const done = trainBatch(model, words, width, records, count, rate, clip, cost)
        if (done < count) return at + done
        Atomics.add(control, job.worker + 1, 1)
        at += count
      }
      return -1
    },
    close() {
      closeSync(file)
    },
  }
}
