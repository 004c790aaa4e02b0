/** How languages enter the registry. */
import { defineComponent, LANGUAGE } from '@elman/core'
import { z } from 'zod'
import type { Language } from './language.ts'

/** Options that every language has. */
export const languageOptions = {
  /** Training sizes run from 1 to this. */
  trainSize: z.int().min(1).max(10_000).optional(),
}

/** The registry entry of a language without options of its own. */
export function languageComponent(language: Language) {
  return defineComponent(LANGUAGE, {
    type: language.id,
    summary: language.title,
    config: z.strictObject(languageOptions),
    create: ({ trainSize }) => withTrainSize(language, trainSize),
  })
}

/** The language with another training size, where one is given. */
export function withTrainSize(language: Language, trainSize: number | undefined): Language {
  return trainSize === undefined ? language : { ...language, trainSize }
}
