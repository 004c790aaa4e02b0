// One step of logistic regression: a row x against up to six output rows together, in two sweeps. The first takes all
// dot products, the second moves the output rows and gathers the error of x, the gradients staying in registers.
import { Job } from './job'

/** Bins of z in −8 … 8, as the host's table has them. */
const BINS_PER_UNIT: f32 = 64
const LIMIT: f32 = 8
const LAST_BIN: i32 = 1023

/** Lanes (0 + 2) + (1 + 3). */
@inline
function sum(a: v128): f32 {
  const pairs = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 2, 3))
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
}

/** Table entry of z. */
@inline
function bin(table: usize, z: f32): usize {
  const index = i32((z + LIMIT) * BINS_PER_UNIT)
  return table + (<usize>min(max(index, 0), LAST_BIN) << 3)
}

/** −log σ(z); beyond the table it is −z. */
@inline
function cost(entry: usize, z: f32): f64 {
  return z < -LIMIT ? -<f64>z : <f64>load<f32>(entry, 4)
}

/** Trains on `count` (constant, 1 … 6) targets: output rows += gradient · x, destination += the error. Returns the loss. */
@inline
function group(count: i32, job: Job, x: usize, destination: usize, targets: usize, signs: usize, rate: f32): f64 {
  const stride = job.stride
  const t0 = load<usize>(targets)
  const t1 = count > 1 ? load<usize>(targets, 4) : 0
  const t2 = count > 2 ? load<usize>(targets, 8) : 0
  const t3 = count > 3 ? load<usize>(targets, 12) : 0
  const t4 = count > 4 ? load<usize>(targets, 16) : 0
  const t5 = count > 5 ? load<usize>(targets, 20) : 0
  let a0 = f32x4.splat(0)
  let a1 = f32x4.splat(0)
  let a2 = f32x4.splat(0)
  let a3 = f32x4.splat(0)
  let a4 = f32x4.splat(0)
  let a5 = f32x4.splat(0)
  for (let k: usize = 0; k < stride; k += 16) {
    const value = v128.load(x + k)
    a0 = f32x4.add(a0, f32x4.mul(value, v128.load(t0 + k)))
    if (count > 1) a1 = f32x4.add(a1, f32x4.mul(value, v128.load(t1 + k)))
    if (count > 2) a2 = f32x4.add(a2, f32x4.mul(value, v128.load(t2 + k)))
    if (count > 3) a3 = f32x4.add(a3, f32x4.mul(value, v128.load(t3 + k)))
    if (count > 4) a4 = f32x4.add(a4, f32x4.mul(value, v128.load(t4 + k)))
    if (count > 5) a5 = f32x4.add(a5, f32x4.mul(value, v128.load(t5 + k)))
  }
  const table = job.sigmoid
  let loss: f64 = 0
  let z: f32 = 0
  let sign: f32 = 0
  let entry: usize = 0
  sign = load<f32>(signs)
  z = sign * sum(a0)
  entry = bin(table, z)
  loss += cost(entry, z)
  const g0 = f32x4.splat(sign * rate * load<f32>(entry))
  let g1 = g0
  let g2 = g0
  let g3 = g0
  let g4 = g0
  let g5 = g0
  if (count > 1) {
    sign = load<f32>(signs, 4)
    z = sign * sum(a1)
    entry = bin(table, z)
    loss += cost(entry, z)
    g1 = f32x4.splat(sign * rate * load<f32>(entry))
  }
  if (count > 2) {
    sign = load<f32>(signs, 8)
    z = sign * sum(a2)
    entry = bin(table, z)
    loss += cost(entry, z)
    g2 = f32x4.splat(sign * rate * load<f32>(entry))
  }
  if (count > 3) {
    sign = load<f32>(signs, 12)
    z = sign * sum(a3)
    entry = bin(table, z)
    loss += cost(entry, z)
    g3 = f32x4.splat(sign * rate * load<f32>(entry))
  }
  if (count > 4) {
    sign = load<f32>(signs, 16)
    z = sign * sum(a4)
    entry = bin(table, z)
    loss += cost(entry, z)
    g4 = f32x4.splat(sign * rate * load<f32>(entry))
  }
  if (count > 5) {
    sign = load<f32>(signs, 20)
    z = sign * sum(a5)
    entry = bin(table, z)
    loss += cost(entry, z)
    g5 = f32x4.splat(sign * rate * load<f32>(entry))
  }
  for (let k: usize = 0; k < stride; k += 16) {
    const value = v128.load(x + k)
    let row = v128.load(t0 + k)
    let error = f32x4.mul(g0, row)
    v128.store(t0 + k, f32x4.add(row, f32x4.mul(g0, value)))
    if (count > 1) {
      row = v128.load(t1 + k)
      error = f32x4.add(error, f32x4.mul(g1, row))
      v128.store(t1 + k, f32x4.add(row, f32x4.mul(g1, value)))
    }
    if (count > 2) {
      row = v128.load(t2 + k)
      error = f32x4.add(error, f32x4.mul(g2, row))
      v128.store(t2 + k, f32x4.add(row, f32x4.mul(g2, value)))
    }
    if (count > 3) {
      row = v128.load(t3 + k)
      error = f32x4.add(error, f32x4.mul(g3, row))
      v128.store(t3 + k, f32x4.add(row, f32x4.mul(g3, value)))
    }
    if (count > 4) {
      row = v128.load(t4 + k)
      error = f32x4.add(error, f32x4.mul(g4, row))
      v128.store(t4 + k, f32x4.add(row, f32x4.mul(g4, value)))
    }
    if (count > 5) {
      row = v128.load(t5 + k)
      error = f32x4.add(error, f32x4.mul(g5, row))
      v128.store(t5 + k, f32x4.add(row, f32x4.mul(g5, value)))
    }
    v128.store(destination + k, f32x4.add(v128.load(destination + k), error))
  }
  return loss
}

/** Trains x on `count` targets of the job's list in groups of six: destination += the error of x. */
export function learn(job: Job, x: usize, destination: usize, count: u32, rate: f32): void {
  let targets = job.targets
  let signs = job.signs
  let loss: f64 = 0
  // x must stay as it is until the last group has seen it.
  const later = count > 6 && x == destination
  const into = later ? job.error : destination
  if (later) memory.fill(into, 0, job.stride)
  for (; count >= 6; count -= 6) {
    loss += group(6, job, x, into, targets, signs, rate)
    targets += 24
    signs += 24
  }
  if (count == 5) loss += group(5, job, x, into, targets, signs, rate)
  else if (count == 4) loss += group(4, job, x, into, targets, signs, rate)
  else if (count == 3) loss += group(3, job, x, into, targets, signs, rate)
  else if (count == 2) loss += group(2, job, x, into, targets, signs, rate)
  else if (count == 1) loss += group(1, job, x, into, targets, signs, rate)
  if (later) addRow(job, destination, into)
  job.loss += loss
}

/** row += other */
export function addRow(job: Job, row: usize, other: usize): void {
  const end = row + job.stride
  for (; row < end; row += 16, other += 16) {
    v128.store(row, f32x4.add(v128.load(row), v128.load(other)))
  }
}
