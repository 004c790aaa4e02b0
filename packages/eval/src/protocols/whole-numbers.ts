/** Binary numbers of any length: bits, and the square root without a floating-point number. */

/** The number whose bits these are, the lowest first; a list without bits is 0. */
export function numberOfBits(bits: ArrayLike<number>): bigint {
  let text = ''
  for (let i = bits.length - 1; i >= 0; i--) text += bits[i]! === 1 ? '1' : '0'
  return text === '' ? 0n : BigInt(`0b${text}`)
}

/** Bits of a number, the lowest first, at least `length` of them; 0 has the one bit 0. */
export function bitsOfNumber(value: bigint, length = 1): number[] {
  const bits = [...value.toString(2)].reverse().map(Number)
  while (bits.length < length) bits.push(0)
  return bits
}

/** The largest whole number whose square is at most `value`, by Newton's method on whole numbers. */
export function integerRoot(value: bigint): bigint {
  if (value < 2n) return value
  // from above the iterates fall until they are at the root
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2))
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/**
 * The root that double precision gives: wrong for many numbers above 2⁵², because the number, or its root, has been
 * rounded before the fraction is cut off. Kept to tell which published labels come from it.
 */
export function floatingPointRoot(value: bigint): bigint {
  return BigInt(Math.floor(Math.sqrt(Number(value))))
}

/** The root digit by digit, highest first, as it is done by hand on a tape. */
export function rootByDigits(value: bigint): bigint {
  let root = 0n
  for (let place = BigInt(Math.ceil(value.toString(2).length / 2)); place >= 0n; place--) {
    const tried = root | (1n << place)
    if (tried * tried <= value) root = tried
  }
  return root
}
