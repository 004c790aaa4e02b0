// @ts-check
/**
 * One training thread: reads its part of the encoded corpus batch by batch into shared memory and lets the kernel train
 * on it. Plain JavaScript, so that it runs from the sources as it does from the package.
 *
 * Control word: 0 go on, 1 pause, 2 end, 3 give up because another thread failed. It is looked at after each batch, or in
 * rounds at the end of each round, where all threads take the same decision.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

/** @type {import('./training-pool.ts').TrainingWorkerData} */
const data = workerData
const { module, memory, job, jobBytes, idsAddress, batchIds, path, shard, epochs, totalWords, rates } = data
const { worker, workers, rounds } = data
const control = new Int32Array(data.control)
const progress = new BigInt64Array(data.progress)
/** Threads that wait, how often all have met, what they decided, and threads that have nothing left to do. */
const meeting = new Int32Array(data.meeting)
const [WAITING, MET, DECISION, FINISHED] = [0, 1, 2, 3]
const [PAUSE, END, GIVE_UP] = [1, 2, 3]
const { WebAssembly } = /** @type {any} */ (globalThis)
const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports
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

/** Words that all threads have done. */
function wordsDone() {
  let done = 0
  for (let thread = 0; thread < workers; thread++) done += Number(Atomics.load(progress, thread))
  return done
}

/**
 * The learning rate after so many words of all threads.
 *
 * @param {number} done
 */
const rateAfter = done => Math.max(rates.first + (rates.last - rates.first) * (done / totalWords), rates.last)

/**
 * Trains on the next batch; a text of fewer sentences than threads leaves some of them without any.
 *
 * @param {number} rate
 */
function trainBatch(rate) {
  if (position >= shard.end) return
  const count = readBatch()
  kernel.train(job, count, rate)
  position += count
  let words = count
  for (let i = 0; i < count; i++) if (ids[i] === -1) words--
  Atomics.add(progress, worker, BigInt(words))
}

/** Tells that an epoch is done when it is, with the job's numbers. */
function endEpoch() {
  if (position < shard.end) return
  position = shard.begin
  epoch++
  if (!rounds) kernel.flush(job)
  const record = new Uint8Array(memory.buffer, job, jobBytes).slice()
  parentPort?.postMessage({ kind: 'epoch', epoch, job: record })
}

/** Tells where this thread is and waits for the word to go on. */
function pause() {
  parentPort?.postMessage({ kind: 'paused', epoch, position })
  Atomics.wait(control, 0, PAUSE)
}

/** Waits until all threads are here. */
function meet() {
  const met = Atomics.load(meeting, MET)
  if (Atomics.add(meeting, WAITING, 1) === workers - 1) {
    Atomics.store(meeting, WAITING, 0)
    Atomics.add(meeting, MET, 1)
    Atomics.notify(meeting, MET)
    return
  }
  while (Atomics.load(meeting, MET) === met) {
    const waited = Atomics.wait(meeting, MET, met, 1000)
    if (waited === 'timed-out' && Atomics.load(control, 0) === GIVE_UP)
      throw new Error('another training thread failed')
  }
}

/** Adds up what all threads changed, and takes the result; a thread writes to one part of the rows at a time. */
function addUp() {
  meet()
  for (let turn = 0; turn < workers; turn++) {
    kernel.contribute(job, (worker + turn) % workers, workers)
    meet()
  }
  kernel.refresh(job)
}

/** Each thread on its own: the control word after each batch, rows shared or copied as the kernel does. */
function trainAlone() {
  while (epoch < epochs) {
    trainBatch(rateAfter(wordsDone()))
    endEpoch()
    const word = Atomics.load(control, 0)
    if (word === PAUSE) {
      kernel.flush(job)
      pause()
    }
    if (Atomics.load(control, 0) >= END) break
  }
  kernel.flush(job)
}

/** All threads in step: the same batches between two meetings every time, so the same bits every time. */
function trainInRounds() {
  kernel.refresh(job)
  let finished = epoch >= epochs
  if (finished) Atomics.add(meeting, FINISHED, 1)
  for (;;) {
    const before = wordsDone()
    meet() // nobody begins the round while others still read what was done before
    if (epoch < epochs) {
      trainBatch(rateAfter(before))
      endEpoch()
    }
    if (!finished && epoch >= epochs) {
      finished = true
      Atomics.add(meeting, FINISHED, 1)
    }
    // One thread looks at the control word, so that all take the same decision.
    if (worker === 0) Atomics.store(meeting, DECISION, Atomics.load(control, 0))
    addUp()
    const decision = Atomics.load(meeting, DECISION)
    if (Atomics.load(meeting, FINISHED) === workers || decision >= END) break
    if (decision === PAUSE) pause()
  }
}

if (rounds) trainInRounds()
else trainAlone()
closeSync(file)
parentPort?.postMessage({ kind: 'done', epoch, position })
