// Products of a sparse matrix with a narrow dense one, and what an orthogonal iteration needs beside them, in float32.
// A dense matrix [rows × 32·panels] is kept panel by panel: 32 columns of all rows, then the next 32, so that a gathered
// row of a panel is two cache lines and a whole panel stays near the processor.

const PANEL: usize = 128 // bytes of 32 floats

/** Rows `begin` … `end` − 1 of out = A·X for one panel. A: uint32 offsets [rows + 1], uint32 columns and float32 values. */
export function multiplyPanel(
  offsets: usize,
  columns: usize,
  values: usize,
  begin: u32,
  end: u32,
  x: usize,
  out: usize,
): void {
  for (let row = begin; row < end; row++) {
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let s2 = f32x4.splat(0)
    let s3 = f32x4.splat(0)
    let s4 = f32x4.splat(0)
    let s5 = f32x4.splat(0)
    let s6 = f32x4.splat(0)
    let s7 = f32x4.splat(0)
    let at: usize = (<usize>load<u32>(offsets + ((<usize>row) << 2))) << 2
    const stop: usize = (<usize>load<u32>(offsets + ((<usize>row) << 2), 4)) << 2
    for (; at < stop; at += 4) {
      const value = v128.load_splat<f32>(values + at)
      const from = x + <usize>load<u32>(columns + at) * PANEL
      s0 = f32x4.add(s0, f32x4.mul(value, v128.load(from)))
      s1 = f32x4.add(s1, f32x4.mul(value, v128.load(from, 16)))
      s2 = f32x4.add(s2, f32x4.mul(value, v128.load(from, 32)))
      s3 = f32x4.add(s3, f32x4.mul(value, v128.load(from, 48)))
      s4 = f32x4.add(s4, f32x4.mul(value, v128.load(from, 64)))
      s5 = f32x4.add(s5, f32x4.mul(value, v128.load(from, 80)))
      s6 = f32x4.add(s6, f32x4.mul(value, v128.load(from, 96)))
      s7 = f32x4.add(s7, f32x4.mul(value, v128.load(from, 112)))
    }
    const to = out + <usize>row * PANEL
    v128.store(to, s0)
    v128.store(to, s1, 16)
    v128.store(to, s2, 32)
    v128.store(to, s3, 48)
    v128.store(to, s4, 64)
    v128.store(to, s5, 80)
    v128.store(to, s6, 96)
    v128.store(to, s7, 112)
  }
}

/** Rows whose products are summed in float32 before they enter the float64 sum. */
const CHUNK: u32 = 64

/** out += Aᵀ·B for two panels of `rows` rows: float64 [32 × 32], row-major. */
export function gramPanels(a: usize, b: usize, rows: u32, out: usize): void {
  for (let first: u32 = 0; first < rows; first += CHUNK) {
    const length = min<u32>(CHUNK, rows - first)
    const left = a + <usize>first * PANEL
    const right = b + <usize>first * PANEL
    for (let i: usize = 0; i < 32; i += 4)
      for (let j: usize = 0; j < 32; j += 8) {
        let s00 = f32x4.splat(0)
        let s01 = f32x4.splat(0)
        let s10 = f32x4.splat(0)
        let s11 = f32x4.splat(0)
        let s20 = f32x4.splat(0)
        let s21 = f32x4.splat(0)
        let s30 = f32x4.splat(0)
        let s31 = f32x4.splat(0)
        let l = left + (i << 2)
        let r = right + (j << 2)
        for (let row: u32 = 0; row < length; row++, l += PANEL, r += PANEL) {
          const r0 = v128.load(r)
          const r1 = v128.load(r, 16)
          const l0 = v128.load_splat<f32>(l)
          const l1 = v128.load_splat<f32>(l, 4)
          const l2 = v128.load_splat<f32>(l, 8)
          const l3 = v128.load_splat<f32>(l, 12)
          s00 = f32x4.add(s00, f32x4.mul(l0, r0))
          s01 = f32x4.add(s01, f32x4.mul(l0, r1))
          s10 = f32x4.add(s10, f32x4.mul(l1, r0))
          s11 = f32x4.add(s11, f32x4.mul(l1, r1))
          s20 = f32x4.add(s20, f32x4.mul(l2, r0))
          s21 = f32x4.add(s21, f32x4.mul(l2, r1))
          s30 = f32x4.add(s30, f32x4.mul(l3, r0))
          s31 = f32x4.add(s31, f32x4.mul(l3, r1))
        }
        const to = out + ((i << 5) << 3) + (j << 3)
        addWide(to, s00, s01)
        addWide(to + 256, s10, s11)
        addWide(to + 512, s20, s21)
        addWide(to + 768, s30, s31)
      }
  }
}

/** Adds eight float32 to eight float64. */
function addWide(to: usize, low: v128, high: v128): void {
  addPair(to, low)
  addPair(to + 16, i8x16.shuffle(low, low, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15))
  addPair(to + 32, high)
  addPair(to + 48, i8x16.shuffle(high, high, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15))
}

function addPair(to: usize, lanes: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(lanes)))
}

/** One panel of out = X·M. X: `panels` panels of `rows` rows; M: float32 [32·panels × 32], the panel's columns. */
export function applyPanel(x: usize, panels: u32, rows: u32, matrix: usize, out: usize): void {
  const panelBytes: usize = <usize>rows * PANEL
  for (let row: u32 = 0; row < rows; row++) {
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let s2 = f32x4.splat(0)
    let s3 = f32x4.splat(0)
    let s4 = f32x4.splat(0)
    let s5 = f32x4.splat(0)
    let s6 = f32x4.splat(0)
    let s7 = f32x4.splat(0)
    let m = matrix
    for (let panel: u32 = 0; panel < panels; panel++) {
      let from = x + <usize>panel * panelBytes + <usize>row * PANEL
      const stop = from + PANEL
      for (; from < stop; from += 4, m += PANEL) {
        const value = v128.load_splat<f32>(from)
        s0 = f32x4.add(s0, f32x4.mul(value, v128.load(m)))
        s1 = f32x4.add(s1, f32x4.mul(value, v128.load(m, 16)))
        s2 = f32x4.add(s2, f32x4.mul(value, v128.load(m, 32)))
        s3 = f32x4.add(s3, f32x4.mul(value, v128.load(m, 48)))
        s4 = f32x4.add(s4, f32x4.mul(value, v128.load(m, 64)))
        s5 = f32x4.add(s5, f32x4.mul(value, v128.load(m, 80)))
        s6 = f32x4.add(s6, f32x4.mul(value, v128.load(m, 96)))
        s7 = f32x4.add(s7, f32x4.mul(value, v128.load(m, 112)))
      }
    }
    const to = out + <usize>row * PANEL
    v128.store(to, s0)
    v128.store(to, s1, 16)
    v128.store(to, s2, 32)
    v128.store(to, s3, 48)
    v128.store(to, s4, 64)
    v128.store(to, s5, 80)
    v128.store(to, s6, 96)
    v128.store(to, s7, 112)
  }
}
