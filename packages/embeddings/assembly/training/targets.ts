// Which output rows a predicted word is trained on: itself and words drawn at random, or the nodes of its Huffman path.
import { Job } from './job'
import { drawNegative } from './random'
import { outputRow } from './rows'

@inline
function put(job: Job, index: u32, row: u32, sign: f32): void {
  store<usize>(job.targets + (<usize>index << 2), outputRow(job, row))
  store<f32>(job.signs + (<usize>index << 2), sign)
}

/** The nodes on a word's path; sign +1 where the bit is 0. Returns how many. */
function takePath(job: Job, word: u32): u32 {
  const offsets = job.pathOffsets + (<usize>word << 2)
  const begin = load<u32>(offsets)
  const count = load<u32>(offsets, 4) - begin
  for (let index: u32 = 0; index < count; index++) {
    const step = load<u32>(job.paths + (<usize>(begin + index) << 2))
    put(job, index, step >> 1, step & 1 ? -1 : 1)
  }
  return count
}

/** The word and fresh negatives; one that is the word itself is left out. */
function drawTargets(job: Job, word: u32): u32 {
  put(job, 0, word, 1)
  let count: u32 = 1
  for (let left = job.negative; left > 0; left--) {
    const other = drawNegative(job)
    if (other == word) continue
    put(job, count++, other, -1)
  }
  return count
}

/** Draws the negatives of a whole window. */
export function drawShared(job: Job): void {
  const negatives = job.negatives
  for (let index: u32 = 0; index < job.negative; index++) {
    store<u32>(negatives + (<usize>index << 2), drawNegative(job))
  }
}

function takeShared(job: Job, word: u32): u32 {
  put(job, 0, word, 1)
  let count: u32 = 1
  for (let index: u32 = 0; index < job.negative; index++) {
    const other = load<u32>(job.negatives + (<usize>index << 2))
    if (other == word) continue
    put(job, count++, other, -1)
  }
  return count
}

/** Fills the job's list of targets for a predicted word; returns how many. */
export function takeTargets(job: Job, word: u32): u32 {
  if (job.hierarchical) return takePath(job, word)
  return job.sharedNegatives ? takeShared(job, word) : drawTargets(job, word)
}
