/** Automata that the tests are about, as tables. */
import { drawsAt } from '../languages/draws.ts'

/** Odd number of ones. */
export const PARITY = {
  symbols: 2,
  next: [
    [0, 1],
    [1, 0],
  ],
  classes: [0, 1],
}

/** Products of a turn (symbol 0) and a flip (symbol 1) of a triangle; the class is the product. */
export const S3 = {
  symbols: 2,
  // states: turns r = 0, 1, 2, then the same flipped; a turn after a flip goes the other way
  next: Array.from({ length: 6 }, (_, state) => {
    const [turn, flipped] = [state % 3, state >= 3]
    const turned = flipped ? ((turn + 2) % 3) + 3 : (turn + 1) % 3
    return [turned, flipped ? turn : turn + 3]
  }),
  classes: [0, 1, 2, 3, 4, 5],
}

/** A random automaton of a seed. */
export function randomTable(
  seed: number,
  { states, symbols, classes }: { states: number; symbols: number; classes: number },
) {
  const draws = drawsAt({ seed, stream: 'table', size: states, index: 0 })
  return {
    symbols,
    next: Array.from({ length: states }, () => Array.from({ length: symbols }, () => draws.below(states))),
    classes: Array.from({ length: states }, () => draws.below(classes)),
  }
}
