import { Worker } from 'node:worker_threads'
import { gloveModule } from '../kernels/glove/glove-kernel.ts'
import type { WasmMemory, WasmModule } from '../kernels/web-assembly.ts'
import { BATCH_RECORDS, type GloveMemory } from './glove-model.ts'
import type { GloveRecords } from './glove-records.ts'
import type { GloveSettings } from './glove-settings.ts'

/** Trains on all records once. */
export interface GlovePool {
  /**
   * One iteration. Gives the index of a record whose cost was not finite, or −1.
   *
   * @param onDone - Is told the records done so far, a few times a second.
   */
  iterate(onDone: (records: number) => void, signal: AbortSignal | undefined): Promise<number>
  close(): Promise<void>
}

/** What a worker thread is given. */
interface GloveJob {
  readonly module: WasmModule
  readonly memory: WasmMemory
  /** File of training records. */
  readonly path: string
  readonly words: number
  readonly width: number
  /** Addresses of the model, of the worker's room for a batch of records, and of its cost. */
  readonly model: number
  readonly records: number
  readonly cost: number
  /** Records that fit into the room. */
  readonly batchRecords: number
  readonly rate: number
  readonly clip: number
  /** Number of the worker, from 0. */
  readonly worker: number
}

/**
 * Threads that share the model. In each turn, every thread trains a block of records whose words and contexts are no other
 * thread's; after as many turns as there are threads all blocks are done. So no row is written by two at once, and the
 * same number of threads gives the same bits.
 */
export function createGlovePool(
  memory: GloveMemory,
  { path, bounds }: GloveRecords,
  { rate, clip }: Pick<GloveSettings, 'rate' | 'clip'>,
): GlovePool {
  const module = gloveModule()
  const jobs = memory.workers.map(
    ({ records: room, cost }, worker): GloveJob => ({
      ...{ module, memory: memory.memory, path, rate, clip, worker, cost, records: room },
      ...{ words: memory.layout.words, width: memory.layout.width, model: memory.model },
      batchRecords: BATCH_RECORDS,
    }),
  )
  return inThreads(jobs, bounds, memory.control)
}

const REPORT_MILLISECONDS = 200

function inThreads(jobs: readonly GloveJob[], bounds: readonly number[], control: Int32Array): GlovePool {
  const workers = jobs.map(job => {
    const worker = new Worker(new URL('./glove-worker.js', import.meta.url), { workerData: job })
    // Errors reach the one who waits for an answer; between iterations nobody does.
    worker.on('error', () => {})
    return worker
  })
  const parts = workers.length
  const records = bounds.at(-1)!
  return {
    async iterate(onDone, signal) {
      control.fill(0)
      const stop = () => void Atomics.store(control, 0, 1)
      signal?.addEventListener('abort', stop, { once: true })
      const timer = setInterval(() => {
        const batches = workers.reduce((sum, _, at) => sum + Atomics.load(control, at + 1), 0)
        onDone(Math.min(records, batches * BATCH_RECORDS))
      }, REPORT_MILLISECONDS)
      try {
        for (let turn = 0; turn < parts; turn++) {
          const ends = workers.map(async (worker, part) => {
            const block = part * parts + ((part + turn) % parts)
            const failed = await answer(worker, { begin: bounds[block]!, end: bounds[block + 1]! }, stop)
            if (failed >= 0) stop()
            return failed
          })
          const all = await Promise.allSettled(ends)
          const broken = all.find(end => end.status === 'rejected')
          if (broken !== undefined) throw broken.reason
          signal?.throwIfAborted()
          const failed = Math.max(...all.map(end => (end.status === 'fulfilled' ? end.value : -1)))
          if (failed >= 0) return failed
        }
        return -1
      } finally {
        clearInterval(timer)
        signal?.removeEventListener('abort', stop)
      }
    },
    async close() {
      await Promise.all(workers.map(worker => worker.terminate()))
    },
  }
}

function answer(worker: Worker, message: { begin: number; end: number }, stop: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      stop()
      worker.off('message', done)
      worker.off('exit', ended)
      reject(error)
    }
    const ended = (code: number) => fail(new Error(`a worker thread ended with code ${code}`))
    const done = (failed: number) => {
      worker.off('error', fail)
      worker.off('exit', ended)
      resolve(failed)
    }
    worker.once('message', done)
    worker.once('error', fail)
    worker.once('exit', ended)
    worker.postMessage(message)
  })
}
