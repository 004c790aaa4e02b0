/**
 * The publications' languages in the registry of languages: one entry a publication, found by its config and not among
 * all languages of a list or a profile. `{ type: 'deletang', task: 'odds-first' }`, `{ type: 'flare', language: 'marked-copy' }`.
 */
import { defineComponent, LANGUAGE } from '@elman/core'
import { z } from 'zod'
import { languageOptions, withTrainSize } from '../languages/component.ts'
import { DELETANG_TASKS, deletangTask } from './deletang/tasks.ts'
import { FLARE_LANGUAGES, flareLanguage } from './flare/languages.ts'

const original = z.boolean().default(false)

/** Registry entry `deletang`: a task of Delétang et al. */
export const deletangLanguageComponent = defineComponent(LANGUAGE, {
  type: 'deletang',
  listed: false,
  summary: 'a transduction task of Delétang et al. (2023), by its name in their table',
  config: z.strictObject({
    task: z.enum(DELETANG_TASKS).default('reverse-string'),
    original,
    ...languageOptions,
  }),
  create: config => withTrainSize(deletangTask(config.task, config), config.trainSize),
})

/** Registry entry `flare`: a language of FLaRe. */
export const flareLanguageComponent = defineComponent(LANGUAGE, {
  type: 'flare',
  listed: false,
  summary: 'a recognition language of FLaRe (2025), by the name of its folder',
  config: z.strictObject({
    language: z.enum(FLARE_LANGUAGES).default('parity'),
    original,
    ...languageOptions,
  }),
  create: config => withTrainSize(flareLanguage(config.language, config), config.trainSize),
})
