/**
 * R7: word problems of groups, the product of each prefix. S₃ is the small one. Z₆₀, A₄ × Z₅ and A₅ all have 60
 * elements: the first commutes, the second is solvable, the third is not (Merrill, Petty & Sabharwal 2024). Elements are
 * permutations that act from left to right: the product of g and h does g first.
 */
import { drawsAt } from '../draws.ts'
import { uniformWord } from '../enveloped.ts'
import { automatonOf } from '../finite.ts'
import type { Language } from '../language.ts'
import { regularLanguage } from '../regular.ts'

type Permutation = readonly number[]

/** A permutation of 0 to points − 1 from its cycles. */
function cycles(points: number, ...all: readonly (readonly number[])[]): Permutation {
  const images = Array.from({ length: points }, (_, point) => point)
  for (const cycle of all) {
    for (const [i, point] of cycle.entries()) images[point] = cycle[(i + 1) % cycle.length]!
  }
  return images
}

const then = (g: Permutation, h: Permutation): Permutation => g.map(point => h[point]!)

/** Equal texts for equal permutations, quicker than their names: tables of 60 × 60 products are made by it. */
const keyOf = (g: Permutation): string => g.join()

/** Cycle notation, `e` for the identity. */
function nameOf(g: Permutation): string {
  const seen = new Set<number>()
  let text = ''
  for (const start of g.keys()) {
    if (seen.has(start) || g[start] === start) continue
    const cycle: number[] = []
    for (let point = start; !seen.has(point); point = g[point]!) {
      seen.add(point)
      cycle.push(point)
    }
    text += `(${cycle.join(' ')})`
  }
  return text || 'e'
}

/** All products of generators, the identity first, then by number of factors. */
function closure(generators: readonly Permutation[]): Permutation[] {
  const elements: Permutation[] = [generators[0]!.map((_, point) => point)]
  const known = new Set([keyOf(elements[0]!)])
  for (let i = 0; i < elements.length; i++) {
    for (const generator of generators) {
      const product = then(elements[i]!, generator)
      if (known.has(keyOf(product))) continue
      known.add(keyOf(product))
      elements.push(product)
    }
  }
  return elements
}

/** The word problem of a group over two of its elements, or over all of them. */
function wordProblem(id: string, group: string, generators: readonly Permutation[], full: boolean): Language {
  const elements = closure(generators)
  const letters = full ? elements : generators
  const numbers = new Map(elements.map((element, number) => [keyOf(element), number]))
  const product = (q: number, a: number) => numbers.get(keyOf(then(elements[q]!, letters[a]!)))!
  return regularLanguage({
    id,
    title: `products in ${group}, over ${full ? 'all its elements' : 'two generators'}`,
    need: { states: elements.length },
    alphabet: letters.map(nameOf),
    trainSize: 20,
    automaton: automatonOf({ symbols: letters.length, start: 0, step: product, classOf: q => q }),
    classes: elements.map(nameOf),
    classOf(word) {
      const images = elements[0]!.map(point => word.reduce((at, a) => letters[a]![at]!, point))
      return elements.findIndex(element => element.every((image, point) => image === images[point]))
    },
    draw: at => uniformWord(at.size, letters.length, drawsAt(at)),
    views: ['dense'],
  })
}

/** Two generators of each group. */
const GROUPS: readonly (readonly [id: string, name: string, generators: readonly Permutation[]])[] = [
  ['s3', 'S₃', [cycles(3, [0, 1]), cycles(3, [0, 1, 2])]],
  // orders 4 and 15 in Z₃ × Z₄ × Z₅
  ['z60', 'Z₆₀', [cycles(12, [3, 4, 5, 6]), cycles(12, [0, 1, 2], [7, 8, 9, 10, 11])]],
  // orders 2 and 15
  ['a4xz5', 'A₄ × Z₅', [cycles(9, [0, 1], [2, 3]), cycles(9, [0, 1, 2], [4, 5, 6, 7, 8])]],
  ['a5', 'A₅', [cycles(5, [0, 1, 2]), cycles(5, [0, 1, 2, 3, 4])]],
]

/** `s3`, `z60`, `a4xz5`, `a5` over two generators, then each over all its elements: `s3-full` … */
export const wordProblems: readonly Language[] = [
  ...GROUPS.map(([id, name, generators]) => wordProblem(id, name, generators, false)),
  ...GROUPS.map(([id, name, generators]) => wordProblem(`${id}-full`, name, generators, true)),
]
