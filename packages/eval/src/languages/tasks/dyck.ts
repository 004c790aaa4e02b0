/** C3 and D2: well-nested brackets without a bound on their depth: of one kind a counter counts, of more a stack. */
import { defineComponent, LANGUAGE } from '@elman/core'
import { z } from 'zod'
import { counterMachine } from '../../machines/counter.ts'
import { pushdownMachine } from '../../machines/pushdown.ts'
import { languageOptions, withTrainSize } from '../component.ts'
import { type Draws, drawsAt } from '../draws.ts'
import { envelopedRecognition } from '../enveloped.ts'
import type { Language, Word } from '../language.ts'
import { BRACKETS, depthOf, NestingPaths } from './brackets.ts'
import { dip, edgeOf, exchangeBrackets, hiddenPairs, isBalanced, shuffleClosing } from './dyck-negatives.ts'

const paths = new NestingPaths()

const counting = counterMachine({
  alphabet: BRACKETS.slice(0, 2),
  counters: 1,
  start: 'reading',
  rules: [
    { from: 'reading', read: '(', to: 'reading', add: [1] },
    { from: 'reading', read: ')', to: 'reading', when: ['positive'], add: [-1] },
  ],
  accept: [{ state: 'reading', when: ['zero'] }],
})

/** Opening brackets are pushed; a closing one takes its own kind from the top. */
const stacking = (kinds: number) =>
  pushdownMachine({
    alphabet: BRACKETS.slice(0, 2 * kinds),
    start: 'reading',
    rules: Array.from({ length: kinds }, (_, kind) => {
      const [open, close] = [BRACKETS[2 * kind]!, BRACKETS[2 * kind + 1]!]
      return [
        { from: 'reading', read: open, to: 'reading', push: [open] },
        { from: 'reading', read: close, to: 'reading', top: open, pop: true },
      ]
    }).flat(),
    accept: [{ state: 'reading', top: null }],
  })

/** A word with the shape of a path (true opens), its kinds uniform. */
function nested(path: readonly boolean[], kinds: number, draws: Draws): Word {
  const open: number[] = []
  return Uint8Array.from(path, rises => {
    if (!rises) return open.pop()! + 1
    open.push(2 * draws.below(kinds))
    return open.at(-1)!
  })
}

/** A uniform well-nested word of an even length, of greatest depth `depth` where it is given. */
export function drawDyck(kinds: number, length: number, draws: Draws, depth?: number): Word {
  return nested(paths.draw(length, draws, depth), kinds, draws)
}

const dipped = (word: Word, depth: 1 | 'any', draws: Draws): Word =>
  dip(word, edgeOf(word.length), word.length - edgeOf(word.length), depth, draws)

/** C3: brackets of one kind. Negatives have as many closing brackets as opening ones, and the ends of a positive. */
export const dyck1: Language = {
  id: 'dyck-1',
  title: 'well-nested brackets of one kind',
  level: 'counter',
  need: { counters: 1 },
  alphabet: BRACKETS.slice(0, 2),
  trainSize: 40,
  hasSize: size => size >= 2 && size % 2 === 0,
  lengthOf: size => size,
  recognition: envelopedRecognition({
    machine: counting,
    symbols: 2,
    has: word => depthOf(word, 1) !== undefined,
    positive: (size, draws) => drawDyck(1, size, draws),
    inEnvelope: isBalanced,
    member: (size, draws) => dipped(drawDyck(1, size, draws), 'any', draws),
    near: (word, draws) => dipped(word, 1, draws),
    swap: (word, draws) => dipped(word, 'any', draws),
  }),
  views: ['recognise', 'dense', 'next-symbol'],
}

/** Depths that brackets of several kinds are drawn with; all that the length has room for unless given. */
export interface DepthRange {
  readonly least?: number | undefined
  readonly most?: number | undefined
}

/** Words that are drawn in search of one in which a mistake can be hidden; short ones may have no such. */
const TRIES = 40

/**
 * D2: brackets of several kinds. The greatest depth is drawn first, uniform among those in the range, and then a uniform
 * word of that depth. Negatives have the shape of a well-nested word and the right number of each bracket; what closes
 * at a distance is of the wrong kind.
 */
export function dyck(kinds: number, { least = 1, most }: DepthRange = {}): Language {
  const positive = (size: number, draws: Draws) => {
    const deepest = Math.min(most ?? size / 2, size / 2)
    return drawDyck(kinds, size, draws, least + draws.below(deepest - least + 1))
  }
  // words of both classes have one distribution of shapes: that of words in which a mistake can be hidden
  const shaped = (size: number, draws: Draws) => {
    let word = positive(size, draws)
    for (let tried = 0; tried < TRIES && hiddenPairs(word).length === 0; tried++) word = positive(size, draws)
    return word
  }
  const recognition = envelopedRecognition({
    machine: stacking(kinds),
    symbols: 2 * kinds,
    has: word => depthOf(word, kinds) !== undefined,
    positive: shaped,
    inEnvelope: () => true, // every way to make a negative keeps shape and counts
    member: (size, draws) => shuffleClosing(shaped(size, draws), draws),
    near: (word, draws) => exchangeBrackets(word, 1, draws),
    swap: (word, draws) => exchangeBrackets(word, 0, draws),
  })
  return {
    id: `dyck-${kinds}`,
    title: `well-nested brackets of ${kinds} kinds`,
    level: 'deterministic-context-free',
    need: { memory: 'stack' },
    alphabet: BRACKETS.slice(0, 2 * kinds),
    trainSize: 40,
    hasSize: size => size >= 2 * least && size % 2 === 0,
    lengthOf: size => size,
    recognition: { ...recognition, samplePositive: at => positive(at.size, drawsAt(at, 'positive')) },
    views: ['recognise', 'next-symbol'],
  }
}

const depth = z.int().min(1).optional()

/** Registry entry `dyck-2`: other numbers of kinds, and strata of depth, by its options. */
export const dyckComponent = defineComponent(LANGUAGE, {
  type: 'dyck-2',
  summary: 'well-nested brackets of two kinds (or more), by depth',
  config: z
    .strictObject({
      kinds: z.int().min(2).max(4).default(2),
      leastDepth: depth,
      mostDepth: depth,
      ...languageOptions,
    })
    .refine(
      ({ leastDepth = 1, mostDepth = leastDepth }) => leastDepth <= mostDepth,
      'leastDepth is above mostDepth',
    ),
  create: ({ kinds, leastDepth, mostDepth, trainSize }) =>
    withTrainSize(dyck(kinds, { least: leastDepth, most: mostDepth }), trainSize),
})
