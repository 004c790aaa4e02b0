/** The encoder that `elman probe layers` was pointed at: an ELMo, a recurrent language model of a run, word vectors. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Backend, type ElmanContainer, sha256Of } from '@elman/core'
import {
  elmoLayerVectors,
  type LayerVectors,
  languageModelLayerVectors,
  staticLayerVectors,
  untrainedElmo,
  untrainedLanguageModel,
} from '@elman/eval'
import { loadModel, openElmo } from '@elman/pretrain'
import type { Terminal } from '../../terminal.ts'
import { readVectors } from '../../vectors-argument.ts'

/** An encoder and its twin without training. */
export interface OpenedEncoder {
  readonly kind: 'elmo' | 'language-model' | 'word-vectors'
  readonly trained: LayerVectors
  /** Absent for word vectors, whose untrained twin would be noise. */
  readonly untrained?: LayerVectors
}

/** How an encoder is opened. */
export interface OpenEncoderOptions {
  readonly backend: Backend
  readonly container: ElmanContainer
  readonly terminal: Terminal
  readonly batch?: number | undefined
  /** Whether the untrained twin is wanted. */
  readonly control: boolean
}

/** Seed of the untrained twin. */
const UNTRAINED_SEED = 1

/** Opens an encoder: the kind is told by the files. */
export async function openEncoder(path: string, options: OpenEncoderOptions): Promise<OpenedEncoder> {
  const { backend, container, terminal, batch, control } = options
  const has = (name: string) => existsSync(join(path, name))
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  if (isFolder && has('config.json') && has('vocabulary.json')) {
    const run = await loadModel(path, container)
    const vectors = (model: Parameters<typeof languageModelLayerVectors>[2]) =>
      languageModelLayerVectors(backend, container, model, { batch })
    const trained = await vectors(run)
    if (!control) return { kind: 'language-model', trained }
    return {
      kind: 'language-model',
      trained,
      untrained: await vectors(untrainedLanguageModel(run, UNTRAINED_SEED)),
    }
  }
  if (isFolder && (has('options.json') || has('classes.json') || !has('config.json'))) {
    const elmo = await openElmo(path, container)
    const trained = await elmoLayerVectors(backend, elmo, { batch })
    if (!control) return { kind: 'elmo', trained }
    const twin = untrainedElmo(elmo, UNTRAINED_SEED)
    return { kind: 'elmo', trained, untrained: await elmoLayerVectors(backend, twin, { batch }) }
  }
  const { vectors, fastText } = await readVectors(path, terminal)
  const { buffer, byteOffset, byteLength } = vectors.matrix
  const numbers = sha256Of(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength))
  const words = Array.from({ length: vectors.count }, (_, row) => vectors.wordAt(row)).join('\n')
  const identity = sha256Of(`${numbers} ${sha256Of(words)} ${fastText === undefined ? '' : 'spelled'}`)
  return { kind: 'word-vectors', trained: staticLayerVectors(fastText ?? vectors, identity) }
}
