import { Worker } from 'node:worker_threads'
import { gloveModule } from '../kernels/glove/glove-kernel.ts'
import type { WasmMemory, WasmModule } from '../kernels/web-assembly.ts'
import { BATCH_RECORDS, type GloveMemory } from './glove-model.ts'
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

/** Threads that share the model without locks, each with its part of the file; one alone is deterministic. */
export function createGlovePool(
  memory: GloveMemory,
  path: string,
  records: number,
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
  return inThreads(jobs, records, memory.control)
}

const REPORT_MILLISECONDS = 200

function inThreads(jobs: readonly GloveJob[], records: number, control: Int32Array): GlovePool {
  const workers = jobs.map(job => {
    const worker = new Worker(new URL('./glove-worker.js', import.meta.url), { workerData: job })
    // Errors reach the one who waits for an answer; between iterations nobody does.
    worker.on('error', () => {})
    return worker
  })
  const bounds = Array.from({ length: workers.length + 1 }, (_, at) =>
    Math.round((records * at) / workers.length),
  )
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
        const ends = workers.map(async (worker, at) => {
          const failed = await answer(worker, { begin: bounds[at]!, end: bounds[at + 1]! }, stop)
          if (failed >= 0) stop()
          return failed
        })
        const all = await Promise.allSettled(ends)
        const broken = all.find(end => end.status === 'rejected')
        if (broken !== undefined) throw broken.reason
        signal?.throwIfAborted()
        return Math.max(...all.map(end => (end.status === 'fulfilled' ? end.value : -1)))
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
