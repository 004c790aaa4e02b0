/** The threads of one training: started together on one shared memory, paused together, ended together. */
import { Worker } from 'node:worker_threads'
import { ElmanError } from '@elman/core'
import type { WasmMemory, WasmModule } from '../kernels/web-assembly.ts'

/** Where a thread is: epochs finished, and the integer of the corpus file it reads next. */
export interface TrainingPosition {
  readonly epoch: number
  readonly position: number
}

/** What a training thread is told when it starts. */
export interface TrainingWorkerData {
  readonly worker: number
  /** Threads in all. */
  readonly workers: number
  /** Whether threads train in step, a batch each between two meetings, or each goes its own way. */
  readonly rounds: boolean
  readonly module: WasmModule
  readonly memory: WasmMemory
  /** Address and length in bytes of the thread's job record. */
  readonly job: number
  readonly jobBytes: number
  /** Address of the thread's ids buffer, and integers it holds. */
  readonly idsAddress: number
  readonly batchIds: number
  /** File of int32 ids, and the integers of it that are this thread's. */
  readonly path: string
  readonly shard: { readonly begin: number; readonly end: number }
  readonly epochs: number
  /** Words of all threads and epochs. */
  readonly totalWords: number
  /** Learning rate at the beginning and at the end. */
  readonly rates: { readonly first: number; readonly last: number }
  readonly start: TrainingPosition
  /** One int32: what the threads should do. */
  readonly control: SharedArrayBuffer
  /** One int64 a thread: words done. */
  readonly progress: SharedArrayBuffer
  /** Four int32: for meeting after rounds. */
  readonly meeting: SharedArrayBuffer
}

/** What is the same for all threads. */
export type TrainingPlan = Pick<
  TrainingWorkerData,
  'module' | 'memory' | 'jobBytes' | 'batchIds' | 'path' | 'epochs' | 'totalWords' | 'rates' | 'rounds'
>

/** What each thread has of its own. */
export interface TrainingThread {
  readonly job: number
  readonly idsAddress: number
  readonly shard: { readonly begin: number; readonly end: number }
  readonly start: TrainingPosition
  /** Words done before. */
  readonly words: number
}

/** Running threads. */
export interface TrainingPool {
  /** Ends when all threads have ended, for whatever reason. */
  readonly done: Promise<readonly TrainingPosition[]>
  /** Words done by each thread so far. */
  words(): number[]
  /** Stops all threads after their batch and tells where they are; their numbers are all in shared memory then. */
  pause(): Promise<readonly TrainingPosition[]>
  /** Lets paused threads go on. */
  proceed(): void
  /** Lets threads, paused or not, end after their batch. */
  stop(): void
}

type Message =
  | { readonly kind: 'epoch'; readonly epoch: number; readonly job: Uint8Array }
  | ({ readonly kind: 'paused' | 'done' } & TrainingPosition)

const GO_ON = 0
const PAUSE = 1
const END = 2
const GIVE_UP = 3

/**
 * Starts one thread for each entry of `threads`.
 *
 * @param onEpoch - Is told when a thread has finished an epoch (counted from 1), with a copy of its job record.
 * @throws (from `done`) `EMBEDDING_WORKER_FAILED` when a thread dies.
 */
export function startTrainingPool(
  plan: TrainingPlan,
  threads: readonly TrainingThread[],
  onEpoch: (worker: number, epoch: number, job: Uint8Array) => void,
): TrainingPool {
  const control = new SharedArrayBuffer(4)
  const word = new Int32Array(control)
  const workers = threads.length
  const progress = new SharedArrayBuffer(8 * workers)
  const meeting = new SharedArrayBuffer(16)
  const words = new BigInt64Array(progress)
  const positions = threads.map(({ start }) => start)
  /** Threads that train now; the others are paused or have ended. */
  const running = new Set<number>(threads.keys())
  let atRest: (() => void) | undefined
  const rest = (worker: number, { epoch, position }: TrainingPosition) => {
    positions[worker] = { epoch, position }
    running.delete(worker)
    if (running.size === 0) atRest?.()
  }
  const ended = new Set<number>()
  const order = (value: number) => {
    Atomics.store(word, 0, value)
    Atomics.notify(word, 0)
  }
  const run = (thread: TrainingThread, worker: number): Promise<void> => {
    const { words: before, ...own } = thread
    words[worker] = BigInt(before)
    const workerData: TrainingWorkerData = { ...plan, ...own, worker, workers, control, progress, meeting }
    const process = new Worker(new URL('./training-worker.js', import.meta.url), { workerData })
    return new Promise((resolve, reject) => {
      process.on('message', (message: Message) => {
        if (message.kind === 'epoch') onEpoch(worker, message.epoch, message.job)
        else {
          if (message.kind === 'done') ended.add(worker)
          rest(worker, message)
        }
      })
      process.on('error', cause => {
        order(GIVE_UP)
        reject(workerFailed(worker, cause))
      })
      process.on('exit', () => resolve())
    })
  }
  const all = Promise.all(threads.map(run))
  return {
    done: all.then(() => positions),
    words: () => Array.from(words, (_, worker) => Number(Atomics.load(words, worker))),
    async pause() {
      order(PAUSE)
      const quiet = new Promise<void>(resolve => {
        atRest = resolve
        if (running.size === 0) resolve()
      })
      await Promise.race([quiet, all])
      return [...positions]
    },
    proceed() {
      for (const worker of threads.keys()) if (!ended.has(worker)) running.add(worker)
      order(GO_ON)
    },
    stop: () => order(END),
  }
}

function workerFailed(worker: number, cause: unknown): ElmanError {
  return new ElmanError('EMBEDDING_WORKER_FAILED', {
    message: `training thread ${worker} died`,
    found: cause instanceof Error ? cause.message : String(cause),
    hint: 'nothing that was written is lost: resume from the last checkpoint',
    cause,
  })
}
