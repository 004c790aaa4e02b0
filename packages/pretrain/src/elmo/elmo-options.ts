/** What an ELMo is made of: `options.json` of bilm-tf and AllenNLP, checked, and sizes to begin with. */
import { ElmanError, type JsonValue } from '@elman/core'
import { z } from 'zod'

/** Symbols of characters: bytes, five special ones. `options.json` counts one more, for the mask. */
export const CHARACTERS = 261

const size = (text: string) => z.int().min(1).describe(text)

/** The sizes of a bidirectional language model over characters. */
export const elmoOptions = z.strictObject({
  characterSize: size('numbers in the vector of a character').default(16),
  filters: z
    .array(z.tuple([z.int().min(1), z.int().min(1)]))
    .min(1)
    .default([
      [1, 32],
      [2, 32],
      [3, 64],
      [4, 128],
      [5, 256],
      [6, 512],
      [7, 1024],
    ])
    .describe('widths in characters and numbers of the convolution filters'),
  highwayLayers: z.int().min(0).default(2).describe('highway layers above the convolutions'),
  activation: z.enum(['relu', 'tanh']).default('relu').describe('after the maximum over a token'),
  maxCharacters: z
    .int()
    .min(4)
    .default(50)
    .describe('ids of a token, its begin and its end included; other tools know 50 only'),
  layers: size('recurrent layers in each direction').default(2),
  hidden: size('cells of a recurrent layer').default(4096),
  projection: size('features of tokens and of each direction').default(512),
  cellClip: z.number().positive().nullable().default(3).describe('bound of the memory; null: none'),
  projectionClip: z.number().positive().nullable().default(3).describe('bound of the output; null: none'),
  skipConnections: z
    .boolean()
    .default(true)
    .describe('whether each recurrent layer but the first adds its input to its output'),
})

/** Sizes of an ELMo, complete. */
export type ElmoOptions = z.output<typeof elmoOptions>

/** Sizes to begin with. */
export const ELMO_PRESETS: { readonly [name in 'tiny' | 'small' | 'original']: ElmoOptions } = {
  /** For tests: seconds. */
  tiny: elmoOptions.parse({
    ...{ characterSize: 4, hidden: 16, projection: 8 },
    filters: [
      [1, 4],
      [2, 8],
      [3, 8],
    ],
    highwayLayers: 1,
  }),
  /** For two cores and a corpus like WikiText-2. */
  small: elmoOptions.parse({
    ...{ characterSize: 16, hidden: 512, projection: 128, highwayLayers: 1 },
    filters: [
      [1, 32],
      [2, 32],
      [3, 64],
      [4, 64],
      [5, 64],
    ],
  }),
  /** Peters et al. 2018: 93,600,848 parameters without the softmax. */
  original: elmoOptions.parse({}),
}

const optionsFile = z.object({
  lstm: z.object({
    cell_clip: z.number().nullable().optional(),
    proj_clip: z.number().nullable().optional(),
    dim: z.int().min(1),
    projection_dim: z.int().min(1),
    n_layers: z.int().min(1),
    use_skip_connections: z.boolean().optional(),
  }),
  char_cnn: z.object({
    embedding: z.object({ dim: z.int().min(1) }),
    filters: z.array(z.tuple([z.int().min(1), z.int().min(1)])).min(1),
    n_highway: z.int().min(0).optional(),
    n_characters: z.int(),
    max_characters_per_token: z.int().min(4),
    activation: z.string(),
  }),
})

/**
 * Sizes from the content of an `options.json`.
 *
 * @param where - Name of the file, for errors.
 * @throws `ELMO_OPTIONS_INVALID`
 */
export function elmoOptionsFromJson(json: unknown, where: string): ElmoOptions {
  const parsed = optionsFile.safeParse(json)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw invalid(where, `${path.join('.') || 'the whole'}: ${message}`)
  }
  const { lstm, char_cnn: characters } = parsed.data
  if (characters.n_characters !== CHARACTERS && characters.n_characters !== CHARACTERS + 1) {
    throw invalid(
      where,
      `n_characters ${characters.n_characters}`,
      `${CHARACTERS + 1}, or ${CHARACTERS} as in training: bytes, begin and end of word and sentence, padding, mask`,
    )
  }
  const { activation } = characters
  if (activation !== 'relu' && activation !== 'tanh') {
    throw invalid(where, `char_cnn.activation ${JSON.stringify(activation)}`, '"relu" or "tanh"')
  }
  const widest = Math.max(...characters.filters.map(([width]) => width))
  if (widest > characters.max_characters_per_token) {
    throw invalid(where, `a filter over ${widest} characters of ${characters.max_characters_per_token}`)
  }
  return {
    characterSize: characters.embedding.dim,
    filters: characters.filters,
    highwayLayers: characters.n_highway ?? 0,
    activation,
    maxCharacters: characters.max_characters_per_token,
    layers: lstm.n_layers,
    hidden: lstm.dim,
    projection: lstm.projection_dim,
    cellClip: positive(lstm.cell_clip),
    projectionClip: positive(lstm.proj_clip),
    skipConnections: lstm.use_skip_connections ?? false,
  }
}

/** The content of an `options.json` that bilm-tf and AllenNLP take. */
export function elmoOptionsToJson(options: ElmoOptions): JsonValue {
  return {
    lstm: {
      cell_clip: options.cellClip,
      use_skip_connections: options.skipConnections,
      n_layers: options.layers,
      proj_clip: options.projectionClip,
      projection_dim: options.projection,
      dim: options.hidden,
    },
    char_cnn: {
      embedding: { dim: options.characterSize },
      filters: options.filters.map(pair => [...pair]),
      n_highway: options.highwayLayers,
      n_characters: CHARACTERS + 1,
      max_characters_per_token: options.maxCharacters,
      activation: options.activation,
    },
  }
}

function positive(bound: number | null | undefined): number | null {
  return bound === undefined || bound === null || bound <= 0 ? null : bound
}

function invalid(where: string, found: string, expected?: string): ElmanError {
  return new ElmanError('ELMO_OPTIONS_INVALID', {
    message: 'these are no options of an ELMo with characters',
    ...(expected === undefined ? {} : { expected }),
    found,
    where,
    hint: 'options.json has "lstm" {cell_clip, proj_clip, dim, projection_dim, n_layers, use_skip_connections} and "char_cnn" {embedding, filters, n_highway, n_characters, max_characters_per_token, activation}',
  })
}
