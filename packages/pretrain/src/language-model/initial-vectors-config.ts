/** The `initialVectors` part of a model's options: word vectors to start with. */
import { z } from 'zod'

/** Options of word vectors that a language model starts with. */
export const initialVectorsConfig = z
  .strictObject({
    file: z.string().min(1).describe('file of word vectors, of any format that elman reads'),
    tune: z
      .boolean()
      .default(true)
      .describe('whether the vectors learn on; false keeps the table, tied softmax weights included'),
    rateFactor: z.number().positive().optional().describe('factor on the learning rate of the table'),
    missing: z
      .enum(['random', 'zero', 'mean'])
      .default('random')
      .describe('what tokens start with that the file lacks'),
    scale: z
      .union([z.enum(['none', 'unit']), z.number().positive()])
      .default('none')
      .describe('bring each vector to length 1, or multiply all by a number'),
    caseFallback: z.boolean().default(false).describe('look for a token in other capitals too'),
    spell: z
      .boolean()
      .default(false)
      .describe('a fastText .bin: make vectors for tokens that it lacks from their letters'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')
      .optional()
      .describe("the file's hash: a run notes it; where it is given, another file is refused"),
  })
  .refine(({ tune, rateFactor }) => tune || rateFactor === undefined, {
    message: 'vectors that do not learn (tune: false) have no learning rate; leave one of the two out',
    path: ['rateFactor'],
  })

/** Options of {@link initialVectorsConfig}, complete. */
export type InitialVectorsConfig = z.output<typeof initialVectorsConfig>
