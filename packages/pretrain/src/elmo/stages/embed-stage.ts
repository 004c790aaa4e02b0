/** Stage `elmo-embed`: sentences to the vectors that an ELMo gives their tokens. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defineComponent, ElmanError, fileError, STAGE } from '@elman/core'
import { z } from 'zod'
import type { Stage, StageContext } from '../../stages/stage.ts'
import { embedFile } from '../embed-file.ts'
import { openElmo } from '../open-elmo.ts'

/** Options of the stage. */
export const elmoEmbedConfig = z.strictObject({
  model: z.string().min(1).optional().describe('folder of a model, in place of the artefact `model`'),
  sentences: z
    .string()
    .min(1)
    .default('train.txt')
    .describe(
      'file of sentences, a line each: in the artefact `text`, or from the base folder where there is none',
    ),
  format: z.enum(['hdf5', 'npy', 'safetensors']).default('hdf5').describe('form of the file of vectors'),
  state: z
    .enum(['reset', 'carry', 'warmup'])
    .default('reset')
    .describe('state before a sentence: zero, that after the one before in its row, or that after `warmUp`'),
  warmUp: z
    .string()
    .min(1)
    .optional()
    .describe('for state warmup: file of sentences that are read before all others'),
  batch: z.int().min(1).default(16).describe('sentences run together'),
  maxTokens: z.int().min(1).default(2000).describe('longest sentence'),
  cacheMegabytes: z.number().min(0).default(64).describe('for vectors of tokens that were seen before'),
})

type Config = z.output<typeof elmoEmbedConfig>

/** Embeds a file of sentences. A stage that was killed begins anew: nothing of it counts before it is complete. */
export function elmoEmbedStage(config: Config): Stage {
  return {
    inputs: {
      model: { kind: 'language-model', summary: 'an ELMo', optional: true },
      text: {
        kind: 'text',
        summary: 'holds the file of sentences; words that the model never saw are read by their characters',
        optional: true,
        mayDiffer: ['vocabulary'],
      },
    },
    outputs: { vectors: { kind: 'vectors', summary: 'every layer of every token of every sentence' } },
    sources: () => [config.sentences, ...(config.warmUp === undefined ? [] : [config.warmUp])],
    async run(context) {
      const { inputs, baseDirectory, container, backend, signal, onEvent, outputDirectory } = context
      const elmo = await openElmo(modelPath(config, context), container)
      const folder = await outputDirectory('vectors')
      const name = `vectors.${config.format}`
      const { state, batch, maxTokens, format, cacheMegabytes } = config
      const summary = await embedFile({
        ...{ backend, elmo, format, state, batch, maxTokens, signal },
        cacheBytes: cacheMegabytes * 2 ** 20,
        warmUp: config.warmUp === undefined ? [] : await sentencesOf(resolve(baseDirectory, config.warmUp)),
        input: resolve(inputs.text?.path ?? baseDirectory, config.sentences),
        output: join(folder, name),
        onProgress({ sentences, share, seconds }) {
          const total = share === 0 ? sentences : Math.round(sentences / share)
          const rate = sentences / seconds
          const secondsLeft = (total - sentences) / rate
          onEvent({
            kind: 'progress',
            phase: 'embedding',
            done: sentences,
            total,
            unit: 'sentences',
            rate,
            secondsLeft,
          })
        },
      })
      if (summary === undefined) return { outcome: 'interrupted' }
      const { sentences, tokens, layers, features } = summary
      const { vocabulary } = inputs.model?.facts ?? {}
      const facts = {
        ...{ family: 'elmo', direction: 'both' as const, format, file: name, state },
        ...{ sentences, tokens, layers, features },
        ...(vocabulary === undefined ? {} : { vocabulary }),
      }
      return { outcome: 'finished', outputs: { vectors: facts }, scores: { sentences, tokens } }
    },
  }
}

function modelPath({ model }: Config, { inputs, baseDirectory }: StageContext): string {
  if (model !== undefined) return resolve(baseDirectory, model)
  const { path, facts } = inputs.model ?? {}
  if (path === undefined) {
    throw new ElmanError('ELMO_STAGE_WITHOUT_MODEL', {
      message: 'stage "elmo-embed" was given no model',
      expected: 'the artefact "model" of another stage, or the option "model" with the folder of one',
    })
  }
  if (facts?.family === undefined || facts.family === 'elmo') return path
  throw new ElmanError('ELMO_STAGE_OTHER_MODEL', {
    message: 'stage "elmo-embed" was given a language model of another kind',
    expected: 'family elmo',
    found: `family ${String(facts.family)}`,
    where: path,
  })
}

async function sentencesOf(path: string): Promise<string[][]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  const lines = text.split('\n').map(line => line.split(/\s+/u).filter(token => token !== ''))
  return lines.filter(tokens => tokens.length > 0)
}

/** Registry entry `elmo-embed`. */
export const elmoEmbedComponent = defineComponent(STAGE, {
  type: 'elmo-embed',
  summary: 'gives every token of a file of sentences the vectors of an ELMo, layer by layer',
  config: elmoEmbedConfig,
  create: elmoEmbedStage,
})
