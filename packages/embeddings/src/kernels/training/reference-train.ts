/**
 * The training kernel in TypeScript: the same memory, the same draws, the same sums in the same order, so the same bits.
 * It says what the kernel does and tests hold one against the other; it is several times slower.
 */

import { closeJob, openJob, type ReferenceJob } from './reference-job.ts'
import { drawShared, learn, takeTargets } from './reference-learn.ts'
import { drawBelow, keeps } from './reference-random.ts'
import { contribute, exchange, gather, inputRow, meet, putWord, refresh, scatter } from './reference-rows.ts'
import type { TrainingMemory, TrainingWorker } from './training-memory.ts'

/** Words of a window: the centre's index, and where the window begins and ends. */
interface Window {
  readonly words: readonly number[]
  readonly centre: number
  readonly begin: number
  readonly end: number
}

/** The kernel's `train`, on the first `count` ids of a worker. */
export function referenceTrain(
  { memory }: TrainingMemory,
  worker: TrainingWorker,
  count: number,
  rate: number,
): void {
  const job = openJob(memory, worker.job)
  let begin = 0
  for (let at = 0; at < count; at++) {
    if (worker.ids[at]! >= 0) continue
    const words: number[] = []
    for (const word of worker.ids.subarray(begin, at)) if (keeps(job, word)) words.push(word)
    job.words += words.length
    trainSentence(job, words, Math.fround(rate))
    begin = at + 1
  }
  closeJob(memory, worker.job, job)
}

/** The kernel's `contribute`. */
export function referenceContribute(
  { memory }: TrainingMemory,
  worker: TrainingWorker,
  part: number,
  parts: number,
): void {
  const job = openJob(memory, worker.job)
  contribute(job, part, parts)
  closeJob(memory, worker.job, job)
}

/** The kernel's `refresh`. */
export function referenceRefresh({ memory }: TrainingMemory, worker: TrainingWorker): void {
  const job = openJob(memory, worker.job)
  refresh(job)
  closeJob(memory, worker.job, job)
}

/** The kernel's `flush`. */
export function referenceFlush({ memory }: TrainingMemory, worker: TrainingWorker): void {
  const job = openJob(memory, worker.job)
  exchange(job)
  closeJob(memory, worker.job, job)
}

function trainSentence(job: ReferenceJob, words: readonly number[], rate: number): void {
  const train = job.cbow ? cbow : job.subwords ? subwordSkipGram : skipGram
  for (let centre = 0; centre < words.length; centre++) {
    const several = job.workers > 1
    if (several && job.sinceMeeting >= job.interval) meet(job)
    const radius = job.shrinkWindow ? job.window - drawBelow(job, job.window) : job.window
    const begin = Math.max(0, centre - radius)
    const end = Math.min(words.length, centre + radius + 1)
    if (end - begin > 1) train(job, { words, centre, begin, end }, rate)
    if (several) job.sinceMeeting++
  }
}

/** Calls for each word around the centre. */
function forContext({ words, centre, begin, end }: Window, visit: (word: number) => void): void {
  for (let position = begin; position < end; position++) {
    if (position !== centre) visit(words[position]!)
  }
}

function skipGram(job: ReferenceJob, window: Window, rate: number): void {
  const word = window.words[window.centre]!
  const sameTargets = !job.predictsContext && (job.hierarchical || job.sharedNegatives)
  if (job.sharedNegatives) drawShared(job)
  let count = sameTargets ? takeTargets(job, word) : 0
  forContext(window, other => {
    const source = job.predictsContext ? word : other
    if (!sameTargets) count = takeTargets(job, job.predictsContext ? other : word)
    const row = inputRow(job, source)
    learn(job, row, source < job.frozenRows ? job.discard : row, count, rate)
    job.pairs++
  })
}

/** One word's rows, their mean trained on some predicted words, and what it moved by added to each. */
function trainSubwords(job: ReferenceJob, word: number, predicted: readonly number[], rate: number): void {
  const { floats, hidden, before, stride } = job
  job.sourceRows = []
  job.changedRows = []
  putWord(job, word)
  gather(job, true)
  floats.copyWithin(before, hidden, hidden + stride)
  for (const target of predicted) {
    learn(job, hidden, hidden, takeTargets(job, target), rate)
    job.pairs++
  }
  for (let k = 0; k < stride; k++) floats[hidden + k] = floats[hidden + k]! - floats[before + k]!
  scatter(job, hidden)
}

function subwordSkipGram(job: ReferenceJob, window: Window, rate: number): void {
  const word = window.words[window.centre]!
  const context: number[] = []
  forContext(window, other => context.push(other))
  if (job.sharedNegatives) drawShared(job)
  if (job.predictsContext) trainSubwords(job, word, context, rate)
  else for (const other of context) trainSubwords(job, other, [word], rate)
}

function cbow(job: ReferenceJob, window: Window, rate: number): void {
  const { floats, change, stride } = job
  if (job.sharedNegatives) drawShared(job)
  job.sourceRows = []
  job.changedRows = []
  forContext(window, other => putWord(job, other))
  gather(job, job.cbowMean !== 0)
  floats.fill(0, change, change + stride)
  learn(job, job.hidden, change, takeTargets(job, window.words[window.centre]!), rate)
  scatter(job, change)
  job.pairs++
}
