/**
 * Random keys: values that name streams of random bits, passed by hand like any other argument.
 *
 * Nothing here has state. A key is used once: split it or fold something into it for each further use.
 * Everything a key gives comes from {@link threefry2x32} under counters of this layout, so that no two uses
 * of one key meet:
 *
 * | use                | counter word 0              | counter word 1, top 8 bits | counter word 1, low 24 bits   |
 * |--------------------|-----------------------------|----------------------------|-------------------------------|
 * | word `i` of a draw | `i >> 1` (word `i & 1` of it) | 0                        | attempt (0; more on rejection)|
 * | `split`, child `i` | `i`                         | 1                          | 0                             |
 * | `foldIn(number n)` | `n mod 2^32`                | 2                          | `n >> 32` (21 bits)           |
 * | `foldIn(string)`   | bytes of UTF-8              | 3                          | 0                             |
 *
 * A folded string is hashed in the Merkle-Damgard way with Threefry as the step: first its length under
 * domain 3, then its bytes in blocks of eight (little-endian, zero-padded), each result the next key.
 */

import { ElmanError } from '../errors/elman-error.ts'
import { threefry2x32 } from './threefry.ts'

/** Two 32-bit words in int32 form. As an array for a graph input: int32, shape [2]. */
export type Key = readonly [number, number]

const SPLIT_DOMAIN = 1 << 24
const NUMBER_DOMAIN = 2 << 24
const STRING_DOMAIN = 3 << 24

/**
 * The key of a seed: its low 64 bits in two's complement, high word first.
 *
 * @throws `RANDOM_SEED_INVALID` for a number that is not a safe integer.
 */
export function key(seed: number | bigint): Key {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
    throw new ElmanError('RANDOM_SEED_INVALID', {
      message: 'a seed must be a whole number that a float64 holds exactly',
      expected: 'an integer between -(2^53 - 1) and 2^53 - 1, or any bigint',
      found: String(seed),
    })
  }
  const bits = BigInt.asUintN(64, BigInt(seed))
  return [Number(bits >> 32n) | 0, Number(bits & 0xffffffffn) | 0]
}

/**
 * `count` independent keys; child `i` does not depend on `count`.
 *
 * @throws `RANDOM_COUNT_INVALID` for a count that is not a whole number in 0 .. 2^32.
 */
export function split(parent: Key, count = 2): Key[] {
  checkCount(count, 'the number of keys')
  return Array.from({ length: count }, (_, child) => threefry2x32(parent, child | 0, SPLIT_DOMAIN))
}

/**
 * The key of a numbered or named part of what `parent` stands for: a step, a layer, a parameter path.
 *
 * @throws `RANDOM_COUNT_INVALID` for a number that is negative, fractional or above 2^53 - 1.
 */
export function foldIn(parent: Key, part: number | string): Key {
  if (typeof part === 'string') return foldInString(parent, part)
  if (!Number.isSafeInteger(part) || part < 0) throw badCount(part, 'a number folded into a key', '2^53 - 1')
  return threefry2x32(parent, part | 0, NUMBER_DOMAIN | Math.floor(part / 2 ** 32))
}

function foldInString(parent: Key, part: string): Key {
  const bytes = new TextEncoder().encode(part)
  let folded: Key = threefry2x32(parent, bytes.length | 0, STRING_DOMAIN)
  for (let at = 0; at < bytes.length; at += 8)
    folded = threefry2x32(folded, word(bytes, at), word(bytes, at + 4))
  return folded
}

function word(bytes: Uint8Array, at: number): number {
  const byte = (index: number) => bytes[at + index] ?? 0
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)
}

/** Refuses what cannot be a number of elements. */
export function checkCount(count: number, what: string): void {
  if (!Number.isInteger(count) || count < 0 || count > 2 ** 32) throw badCount(count, what, '2^32')
}

function badCount(count: number, what: string, largest: string): ElmanError {
  return new ElmanError('RANDOM_COUNT_INVALID', {
    message: `${what} must be a whole number`,
    expected: `an integer in 0 .. ${largest}`,
    found: String(count),
  })
}
