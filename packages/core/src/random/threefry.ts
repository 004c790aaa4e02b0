/**
 * Threefry-2x32 with 20 rounds: the counter-based generator below every random number of elman.
 *
 * A pure function from a 64-bit key and a 64-bit counter to 64 random bits, each as two 32-bit words in
 * int32 form. Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011);
 * constants and known answers from the authors' Random123 library.
 */

/** Rotation distances of the eight round kinds; rounds 1-4 and 5-8 alternate until 20 are done. */
export const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const

/** Parity constant of the key schedule (Skein's, 32-bit form). */
export const KEY_PARITY = 0x1bd11bda

/** Writes the two words of one block to `out[at]` and `out[at + 1]`. */
export function threefryInto(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Int32Array,
  at: number,
): void {
  const key2 = key0 ^ key1 ^ KEY_PARITY
  let x = (counter0 + key0) | 0
  let y = (counter1 + key1) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + key1) | 0
  y = (y + key2 + 1) | 0

  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + key2) | 0
  y = (y + key0 + 2) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + key0) | 0
  y = (y + key1 + 3) | 0

  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + key1) | 0
  y = (y + key2 + 4) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  out[at] = (x + key2) | 0
  out[at + 1] = (y + key0 + 5) | 0
}

/** The two words of one block, in int32 form. */
export function threefry2x32(
  key: readonly [number, number],
  counter0: number,
  counter1: number,
): [number, number] {
  const words = new Int32Array(2)
  threefryInto(key[0], key[1], counter0, counter1, words, 0)
  return [words[0]!, words[1]!]
}
