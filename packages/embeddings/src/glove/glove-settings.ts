import { ElmanError } from '@elman/core'
import { z } from 'zod'

/** What decides the numbers of a GloVe model; defaults are those of the C tool but for the dimensions (there 50). */
export const gloveSettings = z.strictObject({
  dimensions: z.int().min(1).max(4096).default(100).describe('numbers in a vector'),
  iterations: z.int().min(1).default(25).describe('passes over the records; 15 in the C tool’s demo'),
  rate: z.number().positive().default(0.05).describe('learning rate of AdaGrad; biases learn with 1'),
  xMax: z
    .number()
    .positive()
    .default(100)
    .describe('weights f(X) rise up to this count; 10 for small corpora'),
  alpha: z.number().min(0).max(1).default(0.75).describe('exponent of f(X) = (X / xMax)^alpha below xMax'),
  clip: z.number().positive().default(100).describe('largest entry of a gradient'),
  seed: z.int().default(1).describe('of the order of the records and of the initial vectors'),
})

/** Complete settings. */
export type GloveSettings = z.infer<typeof gloveSettings>

/**
 * Settings with defaults filled in.
 *
 * @throws `EMBEDDING_GLOVE_INVALID` for one out of range.
 */
export function completeGloveSettings(settings: Partial<GloveSettings>): GloveSettings {
  const given = Object.entries(settings).filter(
    ([name, value]) => name in gloveSettings.shape && value !== undefined,
  )
  const parsed = gloveSettings.safeParse(Object.fromEntries(given))
  if (parsed.success) return parsed.data
  throw new ElmanError('EMBEDDING_GLOVE_INVALID', {
    message: 'GloVe cannot be trained with these settings',
    found: z.prettifyError(parsed.error),
  })
}
