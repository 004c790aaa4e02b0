/** Languages that a config file defines: by a regular expression, or by the rules of a grammar. */
import { defineComponent, LANGUAGE } from '@elman/core'
import { z } from 'zod'
import { defineLanguage } from './define-language.ts'

const common = {
  /** Names the language in tables and files: letters, digits and dashes. */
  id: z.string().regex(/^[A-Za-z0-9-]+$/, 'letters, digits and dashes'),
  /** Symbols, as a list of texts, or as one text whose characters they are. */
  alphabet: z.union([z.string(), z.array(z.string().min(1))]).transform(symbols => [...symbols]),
  trainSize: z.int().min(1).max(10_000).default(20),
}

/** Registry entry `regex-language`: `{ type: 'regex-language', pattern: '(ab)*', alphabet: 'ab' }`. */
export const regexLanguageComponent = defineComponent(LANGUAGE, {
  type: 'regex-language',
  summary: 'the words that a regular expression matches as a whole',
  config: z.strictObject({ ...common, id: common.id.default('regex-language'), pattern: z.string() }),
  create: ({ pattern, ...rest }) => defineLanguage({ ...rest, regex: pattern }),
})

/** Registry entry `grammar-language`: `rules: { S: ['( S ) S', ''] }`. */
export const grammarLanguageComponent = defineComponent(LANGUAGE, {
  type: 'grammar-language',
  summary: 'the words that a context-free grammar without ambiguity makes',
  config: z.strictObject({
    ...common,
    id: common.id.default('grammar-language'),
    start: z.string().default('S'),
    rules: z.record(z.string(), z.array(z.string())),
  }),
  create: ({ start, rules, ...rest }) => defineLanguage({ ...rest, grammar: { start, rules } }),
})
