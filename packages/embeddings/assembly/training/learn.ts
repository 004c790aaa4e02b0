// One step of logistic regression: a row x against up to six output rows together, in two sweeps. The first takes all
// dot products, the second moves the output rows and gathers the error of x, the gradients staying in registers.
import { Job } from './job'

/** The host's table: bins of z in −8 … 8. */
const BINS_PER_UNIT: f32 = 64
const LIMIT: f32 = 8
const LAST_BIN: i32 = 1023

/** sum + values · row, for eight numbers. */
@inline
function dot(sum: v128, v0: v128, v1: v128, row: usize): v128 {
  const first = f32x4.add(sum, f32x4.mul(v0, v128.load(row)))
  return f32x4.add(first, f32x4.mul(v1, v128.load(row, 16)))
}

/** Adds −log σ(z) to the loss; returns the gradient of log σ(z) with respect to x · row, times the rate, in all lanes. */
@inline
function gradient(job: Job, sums: v128, sign: f32, rate: f32): v128 {
  const pairs = f32x4.add(sums, v128.shuffle<f32>(sums, sums, 2, 3, 2, 3))
  const z = sign * (f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1))
  const bin = i32((z + LIMIT) * BINS_PER_UNIT)
  const entry = job.sigmoid + (<usize>min(max(bin, 0), LAST_BIN) << 3)
  // Beyond the table −log σ(z) is −z.
  job.loss += z < -LIMIT ? -<f64>z : <f64>load<f32>(entry, 4)
  return f32x4.splat(sign * rate * load<f32>(entry))
}

/** sum + gradient · row, for four numbers. */
@inline
function back(sum: v128, g: v128, row: v128): v128 {
  return f32x4.add(sum, f32x4.mul(g, row))
}

/** row += gradient · value, for eight numbers at an address. */
@inline
function move(address: usize, r0: v128, r1: v128, g: v128, v0: v128, v1: v128): void {
  v128.store(address, back(r0, g, v0))
  v128.store(address, back(r1, g, v1), 16)
}

/** Trains on `count` (constant, 1 … 6) targets: output rows += gradient · x, destination += the error of x. */
@inline
function group(count: i32, job: Job, x: usize, destination: usize, targets: usize, signs: usize, rate: f32): void {
  const stride = job.stride
  const even = stride & ~31
  const odd = even < stride
  const t0 = load<usize>(targets)
  const t1 = count > 1 ? load<usize>(targets, 4) : 0
  const t2 = count > 2 ? load<usize>(targets, 8) : 0
  const t3 = count > 3 ? load<usize>(targets, 12) : 0
  const t4 = count > 4 ? load<usize>(targets, 16) : 0
  const t5 = count > 5 ? load<usize>(targets, 20) : 0
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let s4 = f32x4.splat(0)
  let s5 = f32x4.splat(0)
  for (let k: usize = 0; k < even; k += 32) {
    const v0 = v128.load(x + k)
    const v1 = v128.load(x + k, 16)
    s0 = dot(s0, v0, v1, t0 + k)
    if (count > 1) s1 = dot(s1, v0, v1, t1 + k)
    if (count > 2) s2 = dot(s2, v0, v1, t2 + k)
    if (count > 3) s3 = dot(s3, v0, v1, t3 + k)
    if (count > 4) s4 = dot(s4, v0, v1, t4 + k)
    if (count > 5) s5 = dot(s5, v0, v1, t5 + k)
  }
  if (odd) {
    const value = v128.load(x + even)
    s0 = back(s0, value, v128.load(t0 + even))
    if (count > 1) s1 = back(s1, value, v128.load(t1 + even))
    if (count > 2) s2 = back(s2, value, v128.load(t2 + even))
    if (count > 3) s3 = back(s3, value, v128.load(t3 + even))
    if (count > 4) s4 = back(s4, value, v128.load(t4 + even))
    if (count > 5) s5 = back(s5, value, v128.load(t5 + even))
  }
  const g0 = gradient(job, s0, load<f32>(signs), rate)
  const g1 = count > 1 ? gradient(job, s1, load<f32>(signs, 4), rate) : g0
  const g2 = count > 2 ? gradient(job, s2, load<f32>(signs, 8), rate) : g0
  const g3 = count > 3 ? gradient(job, s3, load<f32>(signs, 12), rate) : g0
  const g4 = count > 4 ? gradient(job, s4, load<f32>(signs, 16), rate) : g0
  const g5 = count > 5 ? gradient(job, s5, load<f32>(signs, 20), rate) : g0
  for (let k: usize = 0; k < even; k += 32) {
    const v0 = v128.load(x + k)
    const v1 = v128.load(x + k, 16)
    let r0 = v128.load(t0 + k)
    let r1 = v128.load(t0 + k, 16)
    let e0 = f32x4.mul(g0, r0)
    let e1 = f32x4.mul(g0, r1)
    move(t0 + k, r0, r1, g0, v0, v1)
    if (count > 1) {
      r0 = v128.load(t1 + k)
      r1 = v128.load(t1 + k, 16)
      e0 = back(e0, g1, r0)
      e1 = back(e1, g1, r1)
      move(t1 + k, r0, r1, g1, v0, v1)
    }
    if (count > 2) {
      r0 = v128.load(t2 + k)
      r1 = v128.load(t2 + k, 16)
      e0 = back(e0, g2, r0)
      e1 = back(e1, g2, r1)
      move(t2 + k, r0, r1, g2, v0, v1)
    }
    if (count > 3) {
      r0 = v128.load(t3 + k)
      r1 = v128.load(t3 + k, 16)
      e0 = back(e0, g3, r0)
      e1 = back(e1, g3, r1)
      move(t3 + k, r0, r1, g3, v0, v1)
    }
    if (count > 4) {
      r0 = v128.load(t4 + k)
      r1 = v128.load(t4 + k, 16)
      e0 = back(e0, g4, r0)
      e1 = back(e1, g4, r1)
      move(t4 + k, r0, r1, g4, v0, v1)
    }
    if (count > 5) {
      r0 = v128.load(t5 + k)
      r1 = v128.load(t5 + k, 16)
      e0 = back(e0, g5, r0)
      e1 = back(e1, g5, r1)
      move(t5 + k, r0, r1, g5, v0, v1)
    }
    v128.store(destination + k, f32x4.add(v128.load(destination + k), e0))
    v128.store(destination + k, f32x4.add(v128.load(destination + k, 16), e1), 16)
  }
  if (!odd) return
  const value = v128.load(x + even)
  let row = v128.load(t0 + even)
  let error = f32x4.mul(g0, row)
  v128.store(t0 + even, back(row, g0, value))
  if (count > 1) {
    row = v128.load(t1 + even)
    error = back(error, g1, row)
    v128.store(t1 + even, back(row, g1, value))
  }
  if (count > 2) {
    row = v128.load(t2 + even)
    error = back(error, g2, row)
    v128.store(t2 + even, back(row, g2, value))
  }
  if (count > 3) {
    row = v128.load(t3 + even)
    error = back(error, g3, row)
    v128.store(t3 + even, back(row, g3, value))
  }
  if (count > 4) {
    row = v128.load(t4 + even)
    error = back(error, g4, row)
    v128.store(t4 + even, back(row, g4, value))
  }
  if (count > 5) {
    row = v128.load(t5 + even)
    error = back(error, g5, row)
    v128.store(t5 + even, back(row, g5, value))
  }
  v128.store(destination + even, f32x4.add(v128.load(destination + even), error))
}

/** Trains x on `count` targets of the job's list in groups of six: destination += the error of x. */
export function learn(job: Job, x: usize, destination: usize, count: u32, rate: f32): void {
  let targets = job.targets
  let signs = job.signs
  // x must stay as it is until the last group has seen it.
  const later = count > 6 && x == destination
  const into = later ? job.error : destination
  if (later) memory.fill(into, 0, job.stride)
  for (; count >= 6; count -= 6) {
    group(6, job, x, into, targets, signs, rate)
    targets += 24
    signs += 24
  }
  if (count == 5) group(5, job, x, into, targets, signs, rate)
  else if (count == 4) group(4, job, x, into, targets, signs, rate)
  else if (count == 3) group(3, job, x, into, targets, signs, rate)
  else if (count == 2) group(2, job, x, into, targets, signs, rate)
  else if (count == 1) group(1, job, x, into, targets, signs, rate)
  if (later) addRow(job, destination, into)
}

/** row += other */
export function addRow(job: Job, row: usize, other: usize): void {
  const end = row + job.stride
  for (; row < end; row += 16, other += 16) {
    v128.store(row, f32x4.add(v128.load(row), v128.load(other)))
  }
}
