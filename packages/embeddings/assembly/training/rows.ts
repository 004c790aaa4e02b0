// Where rows lie, and what keeps several workers from slowing each other down: a row that one core has changed has to
// travel before the other can use it. So each worker trains copies of the most frequent words' rows, and adds what it
// changed to the shared ones now and then; and at any time workers draw negatives from different parts of the words.
import { Job } from './job'

/** Address of an input row: the worker's copy when it has one. */
@inline
export function inputRow(job: Job, row: u32): usize {
  return (row < job.hotInputRows ? job.hotInput : job.input) + <usize>row * job.stride
}

/** Address of an output row. */
@inline
export function outputRow(job: Job, row: u32): usize {
  return (row < job.hotOutputRows ? job.hotOutput : job.output) + <usize>row * job.stride
}

/** shared += copy − base; copy = base = shared. Others may write shared meanwhile: a change can get lost, as elsewhere. */
function exchangeRows(shared: usize, copy: usize, base: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    const value = f32x4.add(
      v128.load(shared + k),
      f32x4.sub(v128.load(copy + k), v128.load(base + k)),
    )
    v128.store(shared + k, value)
    v128.store(copy + k, value)
    v128.store(base + k, value)
  }
}

/** Exchanges all hot rows. */
export function exchange(job: Job): void {
  exchangeRows(job.input, job.hotInput, job.baseInput, <usize>job.hotInputRows * job.stride)
  exchangeRows(job.output, job.hotOutput, job.baseOutput, <usize>job.hotOutputRows * job.stride)
}

/** shared += share · (copy − base), for the rows of one part. */
function contributeRows(job: Job, shared: usize, copy: usize, base: usize, shares: usize, rows: u32, part: u32, parts: u32): void {
  const first = <u32>((<u64>rows * part) / parts)
  const end = <u32>((<u64>rows * (part + 1)) / parts)
  for (let row = first; row < end; row++) {
    const share = f32x4.splat(load<f32>(shares + (<usize>row << 2)))
    const from = <usize>row * job.stride
    for (let k = from; k < from + job.stride; k += 16) {
      const change = f32x4.sub(v128.load(copy + k), v128.load(base + k))
      v128.store(shared + k, f32x4.add(v128.load(shared + k), f32x4.mul(share, change)))
    }
  }
}

/** Adds the worker's changes in one part of the rows to the shared ones; nobody else may touch that part meanwhile. */
export function contribute(job: Job, part: u32, parts: u32): void {
  contributeRows(job, job.input, job.hotInput, job.baseInput, job.inputShares, job.hotInputRows, part, parts)
  contributeRows(job, job.output, job.hotOutput, job.baseOutput, job.outputShares, job.hotOutputRows, part, parts)
}

/** copy = base = shared. */
export function refresh(job: Job): void {
  const inputBytes = <usize>job.hotInputRows * job.stride
  const outputBytes = <usize>job.hotOutputRows * job.stride
  memory.copy(job.hotInput, job.input, inputBytes)
  memory.copy(job.baseInput, job.input, inputBytes)
  memory.copy(job.hotOutput, job.output, outputBytes)
  memory.copy(job.baseOutput, job.output, outputBytes)
  job.sinceMeeting = 0
}

/** What a worker does every so many centre words: exchange, tell its progress, take the part whose turn it is. */
export function meet(job: Job): void {
  job.sinceMeeting = 0
  exchange(job)
  const turn = atomic.add<u32>(job.progress, job.interval) / job.turn
  const part = (job.worker + turn) % job.parts
  job.part = part
  job.partTable = job.alias + <usize>part * job.aliasStride
  job.partSlots = load<u32>(job.partSizes + (<usize>part << 2))
}
