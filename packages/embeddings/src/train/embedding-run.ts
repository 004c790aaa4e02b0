/** The config of an embedding run, and what its folder tells. */
import {
  componentData,
  type ElmanContainer,
  ElmanError,
  readRun,
  readRunJson,
  resolveComponent,
  resolveConfig,
} from '@elman/core'
import { z } from 'zod'
import { EMBEDDING, type EmbeddingMethod } from './embedding-method.ts'
import { embeddingText } from './prepare-corpus.ts'

/** Everything that a training of word vectors depends on. */
export const embeddingConfig = z.strictObject({
  embedding: z
    .union([z.string(), z.looseObject({ type: z.string() })])
    .default('word2vec')
    .describe('the method: its name, or { type: name, ...options }'),
  text: embeddingText,
  seed: z.int().default(1),
  workers: z
    .int()
    .min(1)
    .max(256)
    .default(1)
    .describe('threads; the report tells whether the same number gives the same bits'),
  checkpointSeconds: z.number().positive().default(60).describe('seconds between checkpoints'),
  from: z.string().optional().describe('folder of an embedding run to go on from with this text'),
})

/** The config as a person writes it: defaults may be left out. */
export type EmbeddingConfigInput = z.input<typeof embeddingConfig>
/** The complete config. */
export type EmbeddingConfig = z.output<typeof embeddingConfig>

/** A config that has been checked, and the method that it names. */
export interface ResolvedEmbedding {
  readonly config: EmbeddingConfig
  readonly method: EmbeddingMethod
}

/** Checks a config, completes it, and makes its method. @throws the `CONFIG_*` codes and `UNKNOWN_TYPE` */
export function resolveEmbedding(value: unknown, container: ElmanContainer): ResolvedEmbedding {
  const config = resolveConfig(embeddingConfig, value, 'the embedding run')
  const resolved = resolveComponent(container.registry(EMBEDDING), config.embedding, 'embedding')
  return {
    config: { ...config, embedding: componentData(resolved) },
    method: resolved.descriptor.create(resolved.config, container),
  }
}

/** The config of a run's folder. @throws `RUN_NOT_FOUND`, `EMBEDDING_RUN_INVALID` when it is a run of something else */
export async function readEmbeddingConfig(path: string): Promise<EmbeddingConfig> {
  const { config, path: folder } = await readRun(path)
  const parsed = embeddingConfig.safeParse(config)
  if (parsed.success) return parsed.data
  throw new ElmanError('EMBEDDING_RUN_INVALID', {
    message: 'this run did not train word vectors',
    found: z.prettifyError(parsed.error),
    where: folder,
    hint: 'give the folder that `elman embed train` made',
  })
}

/** Form of `result.json`. */
export const embeddingResultFile = z.object({
  outcome: z.literal('finished'),
  words: z.int(),
  dimensions: z.int(),
  tokens: z.number(),
  corpusSha256: z.string(),
  vectorsSha256: z.string(),
  report: z.record(z.string(), z.json()),
})

/** What a finished run says of itself, in `result.json`. */
export type EmbeddingResultFile = z.output<typeof embeddingResultFile>

/** The result of a run, or undefined while it has none. */
export async function readEmbeddingResult(run: {
  readonly path: string
}): Promise<EmbeddingResultFile | undefined> {
  const parsed = embeddingResultFile.safeParse(await readRunJson(run, 'result.json'))
  return parsed.success ? parsed.data : undefined
}
