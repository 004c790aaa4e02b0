// A hidden row made of several input rows: the words of a CBOW window, or the sub-words of a word.
import { Job } from './job'
import { addRow } from './learn'
import { inputRow } from './rows'

/** Appends an input row to the list, and to that of rows to change unless it is frozen. */
@inline
function put(job: Job, row: u32): void {
  const address = inputRow(job, row)
  store<usize>(job.sourcesEnd, address)
  job.sourcesEnd += 4
  if (row < job.frozenRows) return
  store<usize>(job.changesEnd, address)
  job.changesEnd += 4
}

/** Empties both lists. */
@inline
export function clearSources(job: Job): void {
  job.sourcesEnd = job.sources
  job.changesEnd = job.changes
}

/** Appends the rows that stand for a word. */
export function putWord(job: Job, word: u32): void {
  if (!job.subwords) {
    put(job, word)
    return
  }
  const offsets = job.subwordOffsets + (<usize>word << 2)
  const end = job.subwordRows + (<usize>load<u32>(offsets, 4) << 2)
  for (let at = job.subwordRows + (<usize>load<u32>(offsets) << 2); at < end; at += 4) put(job, load<u32>(at))
}

/** hidden = the sum of the listed rows, or their mean; four rows a sweep. */
export function gather(job: Job, mean: bool): void {
  const stride = job.stride
  const hidden = job.hidden
  const end = job.sourcesEnd
  let at = job.sources
  const factor = f32x4.splat(mean ? <f32>1 / <f32>((end - at) >> 2) : 1)
  memory.fill(hidden, 0, stride)
  for (; at + 16 <= end; at += 16) {
    const r0 = load<usize>(at)
    const r1 = load<usize>(at, 4)
    const r2 = load<usize>(at, 8)
    const r3 = load<usize>(at, 12)
    for (let k: usize = 0; k < stride; k += 16) {
      const left = f32x4.add(v128.load(r0 + k), v128.load(r1 + k))
      const right = f32x4.add(v128.load(r2 + k), v128.load(r3 + k))
      v128.store(hidden + k, f32x4.add(v128.load(hidden + k), f32x4.add(left, right)))
    }
  }
  for (; at < end; at += 4) addRow(job, hidden, load<usize>(at))
  if (!mean) return
  for (let k: usize = 0; k < stride; k += 16) {
    v128.store(hidden + k, f32x4.mul(v128.load(hidden + k), factor))
  }
}

/** Each row that may change += error. */
export function scatter(job: Job, error: usize): void {
  const stride = job.stride
  const end = job.changesEnd
  let at = job.changes
  for (; at + 16 <= end; at += 16) {
    const r0 = load<usize>(at)
    const r1 = load<usize>(at, 4)
    const r2 = load<usize>(at, 8)
    const r3 = load<usize>(at, 12)
    for (let k: usize = 0; k < stride; k += 16) {
      const value = v128.load(error + k)
      v128.store(r0 + k, f32x4.add(v128.load(r0 + k), value))
      v128.store(r1 + k, f32x4.add(v128.load(r1 + k), value))
      v128.store(r2 + k, f32x4.add(v128.load(r2 + k), value))
      v128.store(r3 + k, f32x4.add(v128.load(r3 + k), value))
    }
  }
  for (; at < end; at += 4) addRow(job, load<usize>(at), error)
}
