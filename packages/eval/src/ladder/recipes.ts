/** How each language is trained: the tiers of the specification (section 5.5) by language, and by level for others. */
import type { Language, Level, View } from '../languages/language.ts'
import type { ProbeTraining } from './plan.ts'

/** What a recipe says of a language: the steps and strings a batch, and the width that solves it. */
export interface Recipe {
  readonly steps: number
  readonly batch: number
  readonly width: number
  /** In place of the language's own training size. */
  readonly trainSize?: number
  /** Tested multiples of the training size, in place of the plan's. */
  readonly multiples?: readonly number[]
}

/**
 * Languages with one string a size: a large batch would hold the same string many times, and a frontier needs many
 * sizes around N, since one string can be right by luck.
 */
const ONE_STRING: Recipe = {
  ...{ steps: 4000, batch: 2, width: 16 },
  multiples: [0.5, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.1, 1.25, 1.5, 2, 4],
}

const TOMITA: Recipe = { steps: 1500, batch: 32, width: 16, trainSize: 40 }

const RATE = 0.005
const CLIP = 1

/** Recipes by the language's id; what is not here goes by its level. */
const BY_LANGUAGE: Readonly<Record<string, Recipe>> = {
  'tomita-3': TOMITA,
  'tomita-4': TOMITA,
  'tomita-5': TOMITA,
  'tomita-6': { ...TOMITA, width: 32 },
  'tomita-7': TOMITA,
  'mod-5-walk': { steps: 5000, batch: 32, width: 32 },
  'modular-expression': { steps: 5000, batch: 32, width: 32 },
  'modular-expression-precedence': { steps: 5000, batch: 32, width: 32 },
  s3: { steps: 4000, batch: 64, width: 32 },
  a5: { steps: 6000, batch: 64, width: 64 },
  z60: { steps: 6000, batch: 64, width: 64 },
  a4xz5: { steps: 6000, batch: 64, width: 64 },
  's3-full': { steps: 4000, batch: 64, width: 32 },
  'a5-full': { steps: 6000, batch: 64, width: 64 },
  'z60-full': { steps: 6000, batch: 64, width: 64 },
  'a4xz5-full': { steps: 6000, batch: 64, width: 64 },
  'dyck-2-3': { steps: 4000, batch: 32, width: 32 },
  'dyck-2': { steps: 4000, batch: 32, width: 32 },
  anbn: ONE_STRING,
  anbncn: ONE_STRING,
  anbncndn: ONE_STRING,
  copy: { steps: 1500, batch: 32, width: 32 },
  'odds-first': { steps: 3000, batch: 32, width: 32 },
  duplicate: { steps: 3000, batch: 32, width: 32 },
}

const BY_LEVEL: Readonly<Record<Level, Recipe>> = {
  'sub-regular': { steps: 1500, batch: 32, width: 16 },
  regular: { steps: 1500, batch: 32, width: 16 },
  counter: { steps: 4000, batch: 8, width: 16 },
  'deterministic-context-free': { steps: 2000, batch: 32, width: 32 },
  'context-free': { steps: 3000, batch: 32, width: 32 },
  'context-sensitive': { steps: 4000, batch: 32, width: 32 },
}

/** The recipe of a language. */
export function recipeOf({ id, level }: Pick<Language, 'id' | 'level'>): Recipe {
  return BY_LANGUAGE[id] ?? BY_LEVEL[level]
}

/** Training of a probe: the language's recipe with what the profile or the call says otherwise. */
export function trainingOf(
  language: Pick<Language, 'id' | 'level' | 'trainSize'>,
  changes: Partial<ProbeTraining> = {},
): ProbeTraining {
  const { steps, batch, trainSize = language.trainSize } = recipeOf(language)
  return { trainSize, steps, batch, rate: RATE, clip: CLIP, ...changes }
}

/** The view in which a language is probed when none is named: the one with most to learn from at each string. */
export function mainView({ views, level }: Pick<Language, 'views' | 'level'>): View {
  const order: readonly View[] =
    level === 'sub-regular' || level === 'regular'
      ? ['dense', 'next-symbol', 'recognise', 'transduce']
      : ['transduce', 'next-symbol', 'dense', 'recognise']
  return order.find(view => views.includes(view)) ?? views[0]!
}
