// @ts-check
/** Trains on one shard again and again: waits for a round, runs it, says that it is done. */
import { parentPort, workerData } from 'node:worker_threads'

const { module, memory, job, idsAddress, shard, batch, control } = workerData
const { train, flush } = new WebAssembly.Instance(module, { env: { memory } }).exports
const ids = new Int32Array(memory.buffer, idsAddress, batch)
/** Batches of whole sentences. */
const parts = []
for (let begin = 0; begin < shard.length; ) {
  const end = Math.min(shard.length, begin + batch)
  const last = shard.lastIndexOf(-1, end - 1) + 1
  parts.push(shard.subarray(begin, last))
  begin = last
}
for (let round = 0; ; round++) {
  Atomics.wait(control, 0, round)
  if (control[0] < 0) break
  const begin = performance.now()
  for (const part of parts) {
    ids.set(part)
    train(job, part.length, 0.02)
  }
  flush(job)
  parentPort?.postMessage(performance.now() - begin)
}
