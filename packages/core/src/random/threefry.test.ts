import { expect, test } from 'vitest'
import { threefry2x32 } from './threefry.ts'

/** Random123's kat_vectors, threefry2x32 with 20 rounds: counter, key, answer. */
const KNOWN_ANSWERS = [
  [0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x6b200159, 0x99ba4efe],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
  [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xc4923a9c, 0x483df7a0],
] as const

test.each(KNOWN_ANSWERS)(
  'counter %i %i under key %i %i gives the published words',
  (c0, c1, k0, k1, x, y) => {
    expect(threefry2x32([k0 | 0, k1 | 0], c0 | 0, c1 | 0)).toEqual([x | 0, y | 0])
  },
)
