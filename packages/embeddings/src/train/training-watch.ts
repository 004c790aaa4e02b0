/** What the main thread does while others train: progress, checkpoints, and the end when it is asked for. */
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import type { TrainingPool, TrainingPosition } from './training-pool.ts'

/** Milliseconds between looks at the threads. */
const TICK = 100
/** A checkpoint may take this share of the time, at most. */
const CHECKPOINT_SHARE = 1 / 20

/** What {@link watchTraining} needs to know. */
export interface TrainingWatch {
  readonly totalWords: number
  readonly epochs: number
  /** Learning rate after so many words. */
  readonly rateAfter: (words: number) => number
  /** Sums of all threads' job records now. */
  readonly sums: () => { readonly loss: number; readonly pairs: number }
  readonly save: (positions: readonly TrainingPosition[]) => Promise<void>
  readonly checkpointSeconds: number
  readonly onProgress: OnProgress | undefined
  readonly signal: AbortSignal | undefined
}

/** Watches a pool until its threads have ended. */
export async function watchTraining(pool: TrainingPool, watch: TrainingWatch): Promise<void> {
  const { totalWords, epochs, rateAfter, sums, save, checkpointSeconds, onProgress, signal } = watch
  const meter = createProgressMeter('train', 'words', totalWords, onProgress)
  let over = false
  const ended = pool.done.finally(() => {
    over = true
  })
  let pause = checkpointSeconds * 1000
  let saved = performance.now()
  let before = sums()
  while (!over) {
    await Promise.race([ended, tick()])
    if (signal?.aborted === true) pool.stop()
    const words = pool.words().reduce((sum, count) => sum + count, 0)
    const now = sums()
    const pairs = now.pairs - before.pairs
    meter(words, {
      epoch: Math.min(epochs, 1 + Math.floor((words * epochs) / totalWords)),
      epochs,
      learningRate: rateAfter(words),
      ...(pairs > 0 ? { loss: (now.loss - before.loss) / pairs } : {}),
    })
    if (pairs > 0) before = now
    if (over || signal?.aborted === true || performance.now() - saved < pause) continue
    const start = performance.now()
    await save(await pool.pause())
    pool.proceed()
    saved = performance.now()
    pause = Math.max(checkpointSeconds * 1000, (saved - start) / CHECKPOINT_SHARE)
  }
  await ended
}

/** A moment until the next look. */
function tick(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, TICK))
}
