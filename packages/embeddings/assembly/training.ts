// Trains word vectors on a batch of sentences: skip-gram or CBOW, negative sampling or hierarchical softmax, whole words
// or sub-words (Mikolov et al. 2013, Bojanowski et al. 2017). Every number lies in the caller's memory, described by a job.
// src/kernels/training/reference-*.ts is the same in TypeScript, bit for bit.
import { Job } from './training/job'
import { learn } from './training/learn'
import { drawBelow, keeps } from './training/random'
import { contribute as contributeChanges, exchange, inputRow, meet, refresh as refreshCopies } from './training/rows'
import { clearSources, gather, putWord, scatter } from './training/sources'
import { drawShared, takeTargets } from './training/targets'

@inline
function wordAt(job: Job, position: i32): u32 {
  return load<u32>(job.sentence + (<usize>position << 2))
}

/** Pairs of one centre word whose input is one row: each word of the window predicts the centre, or the other way round. */
function skipGram(job: Job, centre: i32, begin: i32, end: i32, rate: f32): void {
  const word = wordAt(job, centre)
  const sameTargets = !job.predictsContext && (job.hierarchical || job.sharedNegatives)
  let count: u32 = 0
  if (job.sharedNegatives) drawShared(job)
  if (sameTargets) count = takeTargets(job, word)
  for (let position = begin; position < end; position++) {
    if (position == centre) continue
    const other = wordAt(job, position)
    const source = job.predictsContext ? word : other
    if (!sameTargets) count = takeTargets(job, job.predictsContext ? other : word)
    const row = inputRow(job, source)
    learn(job, row, source < job.frozenRows ? job.discard : row, count, rate)
  }
  job.pairs += <f64>(end - begin - 1)
}

/** Trains the hidden row in place on one predicted word. */
@inline
function learnHidden(job: Job, predicted: u32, rate: f32): void {
  learn(job, job.hidden, job.hidden, takeTargets(job, predicted), rate)
}

/** hidden − what it was at first, added to every row it was made of. */
@inline
function scatterMoved(job: Job): void {
  const hidden = job.hidden
  const before = job.before
  for (let k: usize = 0; k < job.stride; k += 16) {
    v128.store(hidden + k, f32x4.sub(v128.load(hidden + k), v128.load(before + k)))
  }
  scatter(job, hidden)
}

/**
 * The same when the input is the mean of a word's sub-words. A step that adds e to every row adds e to their mean, so the
 * rows of a centre that predicts its window are read and written once, not once a pair.
 */
function subwordSkipGram(job: Job, centre: i32, begin: i32, end: i32, rate: f32): void {
  const word = wordAt(job, centre)
  if (job.sharedNegatives) drawShared(job)
  if (job.predictsContext) {
    clearSources(job)
    putWord(job, word)
    gather(job, true)
    memory.copy(job.before, job.hidden, job.stride)
    for (let position = begin; position < end; position++) {
      if (position != centre) learnHidden(job, wordAt(job, position), rate)
    }
    scatterMoved(job)
  } else {
    for (let position = begin; position < end; position++) {
      if (position == centre) continue
      clearSources(job)
      putWord(job, wordAt(job, position))
      gather(job, true)
      memory.copy(job.before, job.hidden, job.stride)
      learnHidden(job, word, rate)
      scatterMoved(job)
    }
  }
  job.pairs += <f64>(end - begin - 1)
}

/** The window's rows together predict the centre; the error is added to each, undivided. */
function cbow(job: Job, centre: i32, begin: i32, end: i32, rate: f32): void {
  if (job.sharedNegatives) drawShared(job)
  clearSources(job)
  for (let position = begin; position < end; position++) {
    if (position != centre) putWord(job, wordAt(job, position))
  }
  gather(job, job.cbowMean != 0)
  const change = job.change
  memory.fill(change, 0, job.stride)
  learn(job, job.hidden, change, takeTargets(job, wordAt(job, centre)), rate)
  scatter(job, change)
  job.pairs += 1
}

/** Copies the words that stay of the sentence at `address` to the job's list; returns how many. */
function subsample(job: Job, address: usize, end: usize): i32 {
  const sentence = job.sentence
  let length = 0
  for (; address < end; address += 4) {
    const word = load<u32>(address)
    if (!keeps(job, word)) continue
    store<u32>(sentence + (<usize>length << 2), word)
    length++
  }
  return length
}

function trainSentence(job: Job, length: i32, rate: f32): void {
  const window = job.window
  const several = job.workers > 1
  for (let centre = 0; centre < length; centre++) {
    // At the first centre ever it is 2^32 - 1, which fetches the copies.
    if (several && job.sinceMeeting >= job.interval) meet(job)
    const radius = <i32>(job.shrinkWindow ? window - drawBelow(job, window) : window)
    const begin = max(0, centre - radius)
    const end = min(length, centre + radius + 1)
    if (end - begin > 1) {
      if (job.cbow) cbow(job, centre, begin, end, rate)
      else if (job.subwords) subwordSkipGram(job, centre, begin, end, rate)
      else skipGram(job, centre, begin, end, rate)
    }
    if (several) job.sinceMeeting++
  }
}

/** Trains on the first `count` ids of the job's list, whose sentences end with −1, at one learning rate. */
export function train(address: usize, count: u32, rate: f32): void {
  const job = changetype<Job>(address)
  const end = job.ids + (<usize>count << 2)
  let begin = job.ids
  for (let at = begin; at < end; at += 4) {
    if (load<i32>(at) >= 0) continue
    const length = subsample(job, begin, at)
    job.words += <f64>length
    trainSentence(job, length, rate)
    begin = at + 4
  }
}

/** Brings the worker's changes of hot rows to the shared matrices, and fetches those of others. */
export function flush(address: usize): void {
  exchange(changetype<Job>(address))
}

/** Rounds: adds the worker's changes in part `part` of `parts` of the rows to the shared matrices. */
export function contribute(address: usize, part: u32, parts: u32): void {
  contributeChanges(changetype<Job>(address), part, parts)
}

/** Rounds: the worker's copies become what the shared matrices are. */
export function refresh(address: usize): void {
  refreshCopies(changetype<Job>(address))
}
