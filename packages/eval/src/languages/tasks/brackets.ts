/** Brackets: kind k opens with symbol 2k and closes with 2k + 1. Depths by definition, exactly uniform words. */
import type { Draws } from '../draws.ts'
import type { Word } from '../language.ts'

/** Texts of up to four kinds. */
export const BRACKETS = ['(', ')', '[', ']', '{', '}', '<', '>'] as const

/** The greatest depth of a well-nested word, by cancelling innermost pairs; undefined when it is not well-nested. */
export function depthOf(word: Word, kinds: number): number | undefined {
  const pairs = Array.from({ length: kinds }, (_, kind) => BRACKETS[2 * kind]! + BRACKETS[2 * kind + 1]!)
  const text = Array.from(word, symbol => BRACKETS[symbol]).join('')
  let rest = text
  for (let before = ''; before !== rest; ) {
    before = rest
    for (const pair of pairs) rest = rest.replaceAll(pair, '')
  }
  if (rest !== '') return undefined
  let [depth, most] = [0, 0]
  for (const symbol of word) {
    depth += symbol % 2 === 0 ? 1 : -1
    most = Math.max(most, depth)
  }
  return most
}

/** Rows of Pascal's triangle, grown as they are asked for. */
export class Binomials {
  readonly #rows: bigint[][] = [[1n]]

  /** n over k; 0 where k is outside 0 … n. */
  of(n: number, k: number): bigint {
    while (this.#rows.length <= n) {
      const last = this.#rows.at(-1)!
      this.#rows.push([1n, ...last.map((value, i) => value + (last[i + 1] ?? 0n))])
    }
    return this.#rows[n]![k] ?? 0n
  }
}

/** Paths of steps +1 and −1 that end at 0 and never leave 0 … top, by the reflection principle. */
export class NestingPaths {
  readonly #binomials = new Binomials()

  /** Number of such paths of a length from a height. */
  count(length: number, height: number, top: number): bigint {
    if (height < 0 || height > top || (length + height) % 2 !== 0) return 0n
    const period = 2 * (top + 2)
    let sum = 0n
    const reach = Math.ceil((length + height + 2) / period)
    for (let k = -reach; k <= reach; k++) {
      sum += this.#ending(length, -height + k * period)
      sum -= this.#ending(length, -2 - height + k * period)
    }
    return sum
  }

  /** A uniform path of a length, as flags of its steps up, with greatest height exactly `top`; any without it. */
  draw(length: number, draws: Draws, top?: number): boolean[] {
    const most = top ?? length
    let height = 0
    let reached = top === undefined || top === 0
    const ways = (left: number, at: number, met: boolean) =>
      this.count(left, at, most) - (met ? 0n : this.count(left, at, most - 1))
    return Array.from({ length }, (_, i) => {
      const left = length - i - 1
      const up = ways(left, height + 1, reached || height + 1 === most)
      const down = height > 0 ? ways(left, height - 1, reached) : 0n
      const rises = draws.bigBelow(up + down) < up
      height += rises ? 1 : -1
      reached ||= height === most
      return rises
    })
  }

  /** Number of free paths of a length that move by so much. */
  #ending(length: number, move: number): bigint {
    const ups = (length + move) / 2
    return Number.isInteger(ups) ? this.#binomials.of(length, ups) : 0n
  }
}
