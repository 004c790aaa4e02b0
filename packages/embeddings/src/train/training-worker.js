// @ts-check
/**
 * One training thread: reads its part of the encoded corpus batch by batch into shared memory and lets the kernel train
 * on it. Plain JavaScript, so that it runs from the sources as it does from the package.
 *
 * Control word: 0 go on, 1 pause after this batch, 2 end after this batch.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

/** @type {import('./training-pool.ts').TrainingWorkerData} */
const data = workerData
const { module, memory, job, jobBytes, idsAddress, batchIds, path, shard, epochs, totalWords, rates } = data
const control = new Int32Array(data.control)
const progress = new BigInt64Array(data.progress)
const { WebAssembly } = /** @type {any} */ (globalThis)
const { train, flush } = new WebAssembly.Instance(module, { env: { memory } }).exports
const bytes = new Uint8Array(memory.buffer, idsAddress, batchIds * 4)
const ids = new Int32Array(memory.buffer, idsAddress, batchIds)
const file = openSync(path, 'r')
let { epoch, position } = data.start

/** Fills the batch from `position` on with whole sentences; returns how many integers they take. */
function readBatch() {
  const wanted = Math.min(batchIds, shard.end - position)
  for (let read = 0; read < wanted * 4; ) {
    const got = readSync(file, bytes, read, wanted * 4 - read, position * 4 + read)
    if (got === 0) throw new Error(`${path} ends at integer ${position + (read >> 2)} of ${shard.end}`)
    read += got
  }
  let count = wanted
  while (count > 0 && ids[count - 1] !== -1) count--
  if (count === 0) throw new Error(`${path} has a sentence of ${wanted} words or more at integer ${position}`)
  return count
}

/** The learning rate at this point of all threads' work. */
function rateNow() {
  let done = 0
  for (let worker = 0; worker < progress.length; worker++) done += Number(Atomics.load(progress, worker))
  return Math.max(rates.first + (rates.last - rates.first) * (done / totalWords), rates.last)
}

/** The job's numbers as they are now. */
const jobNow = () => new Uint8Array(memory.buffer, job, jobBytes).slice()

/** Tells where this thread is, once its private rows are back in shared memory, and waits for the word to go on. */
function pause() {
  flush(job)
  parentPort?.postMessage({ kind: 'paused', epoch, position })
  Atomics.wait(control, 0, 1)
}

while (epoch < epochs) {
  while (position < shard.end) {
    const count = readBatch()
    train(job, count, rateNow())
    position += count
    let words = count
    for (let i = 0; i < count; i++) if (ids[i] === -1) words--
    Atomics.add(progress, data.worker, BigInt(words))
    const word = Atomics.load(control, 0)
    if (word === 1) pause()
    if (Atomics.load(control, 0) === 2) break
  }
  if (Atomics.load(control, 0) === 2) break
  position = shard.begin
  epoch++
  flush(job)
  parentPort?.postMessage({ kind: 'epoch', epoch, job: jobNow() })
}
flush(job)
closeSync(file)
parentPort?.postMessage({ kind: 'done', epoch, position })
