// Dot products of rows and queries. A dot product is summed in four lanes, lane l over the elements l, l + 4, ...,
// then (l0 + l1) + (l2 + l3): the same bits whatever tile it is part of.

function sum(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) +
    f32x4.extract_lane(lanes, 1) +
    (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
  )
}

/** Two rows with four queries: eight sums in registers. */
function twoByFour(row: usize, norm: usize, query: usize, bytes: usize, out: usize, outBytes: usize): void {
  let a0 = f32x4.splat(0),
    a1 = a0,
    a2 = a0,
    a3 = a0
  let b0 = a0,
    b1 = a0,
    b2 = a0,
    b3 = a0
  for (let at: usize = 0; at < bytes; at += 16) {
    const first = v128.load(row + at)
    const second = v128.load(row + bytes + at)
    const q0 = v128.load(query + at)
    const q1 = v128.load(query + bytes + at)
    const q2 = v128.load(query + 2 * bytes + at)
    const q3 = v128.load(query + 3 * bytes + at)
    a0 = f32x4.add(a0, f32x4.mul(first, q0))
    b0 = f32x4.add(b0, f32x4.mul(second, q0))
    a1 = f32x4.add(a1, f32x4.mul(first, q1))
    b1 = f32x4.add(b1, f32x4.mul(second, q1))
    a2 = f32x4.add(a2, f32x4.mul(first, q2))
    b2 = f32x4.add(b2, f32x4.mul(second, q2))
    a3 = f32x4.add(a3, f32x4.mul(first, q3))
    b3 = f32x4.add(b3, f32x4.mul(second, q3))
  }
  const n0 = load<f32>(norm),
    n1 = load<f32>(norm, 4)
  store<f32>(out, sum(a0) / n0)
  store<f32>(out, sum(b0) / n1, 4)
  store<f32>(out + outBytes, sum(a1) / n0)
  store<f32>(out + outBytes, sum(b1) / n1, 4)
  store<f32>(out + 2 * outBytes, sum(a2) / n0)
  store<f32>(out + 2 * outBytes, sum(b2) / n1, 4)
  store<f32>(out + 3 * outBytes, sum(a3) / n0)
  store<f32>(out + 3 * outBytes, sum(b3) / n1, 4)
}

/** Four rows with one query. */
function fourByOne(row: usize, norm: usize, query: usize, bytes: usize, out: usize): void {
  let a = f32x4.splat(0),
    b = a,
    c = a,
    d = a
  for (let at: usize = 0; at < bytes; at += 16) {
    const q = v128.load(query + at)
    a = f32x4.add(a, f32x4.mul(v128.load(row + at), q))
    b = f32x4.add(b, f32x4.mul(v128.load(row + bytes + at), q))
    c = f32x4.add(c, f32x4.mul(v128.load(row + 2 * bytes + at), q))
    d = f32x4.add(d, f32x4.mul(v128.load(row + 3 * bytes + at), q))
  }
  store<f32>(out, sum(a) / load<f32>(norm))
  store<f32>(out, sum(b) / load<f32>(norm, 4), 4)
  store<f32>(out, sum(c) / load<f32>(norm, 8), 8)
  store<f32>(out, sum(d) / load<f32>(norm, 12), 12)
}

function one(row: usize, norm: usize, query: usize, bytes: usize, out: usize): void {
  let a = f32x4.splat(0)
  for (let at: usize = 0; at < bytes; at += 16)
    a = f32x4.add(a, f32x4.mul(v128.load(row + at), v128.load(query + at)))
  store<f32>(out, sum(a) / load<f32>(norm))
}

/**
 * out[q * outStride + r] = rows[r] . queries[q] / norms[r].
 *
 * @param stride Floats from one row, or one query, to the next: a multiple of 4, filled with zeros.
 */
export function similarities(
  rows: usize,
  norms: usize,
  stride: i32,
  count: i32,
  queries: usize,
  queryCount: i32,
  out: usize,
  outStride: i32,
): void {
  const bytes = (<usize>stride) << 2
  const outBytes = (<usize>outStride) << 2
  let q = 0
  for (; q + 4 <= queryCount; q += 4) {
    const query = queries + <usize>q * bytes
    const line = out + <usize>q * outBytes
    let r = 0
    for (; r + 2 <= count; r += 2)
      twoByFour(
        rows + <usize>r * bytes,
        norms + ((<usize>r) << 2),
        query,
        bytes,
        line + ((<usize>r) << 2),
        outBytes,
      )
    if (r < count)
      for (let i: usize = 0; i < 4; i++)
        one(
          rows + <usize>r * bytes,
          norms + ((<usize>r) << 2),
          query + i * bytes,
          bytes,
          line + i * outBytes + ((<usize>r) << 2),
        )
  }
  for (; q < queryCount; q++) {
    const query = queries + <usize>q * bytes
    const line = out + <usize>q * outBytes
    let r = 0
    for (; r + 4 <= count; r += 4)
      fourByOne(rows + <usize>r * bytes, norms + ((<usize>r) << 2), query, bytes, line + ((<usize>r) << 2))
    for (; r < count; r++)
      one(rows + <usize>r * bytes, norms + ((<usize>r) << 2), query, bytes, line + ((<usize>r) << 2))
  }
}
