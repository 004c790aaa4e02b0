/** What a probe asks of an encoder: the vectors that each of its layers gives each token. */
import { createHash } from 'node:crypto'
import { flattenParameters, type NdArray, type Parameters } from '@elman/core'

/** Tokens of a sentence, layer by layer. */
export interface SentenceLayers {
  /** Place among the sentences given, from 0. */
  readonly index: number
  /** (tokens, features) float32, in the order of {@link LayerVectors.layers}. */
  readonly layers: readonly Float32Array[]
}

/** A layer of an encoder. */
export interface LayerName {
  /** `layer 0` is what knows no context; recurrent layers count from 1. */
  readonly name: string
  readonly features: number
}

/** Sentences to vectors of their tokens, layer by layer. */
export interface LayerVectors {
  /** Equal for encoders that give equal vectors: a hash of its parameters. */
  readonly identity: string
  /** From the input up. */
  readonly layers: readonly LayerName[]
  /** Vectors of sentences, in their order; a sentence's do not depend on its neighbours. */
  embed(sentences: Iterable<readonly string[]>): AsyncIterable<SentenceLayers>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Tokens whose vectors are wanted, and how far they are. */
export interface CollectOptions {
  /** Places of the wanted tokens of a sentence; all unless given. */
  readonly places?: ((sentence: number) => readonly number[]) | undefined
  /** Told after each sentence. */
  readonly onSentence?: ((done: number) => void) | undefined
  /** Asks to stop. */
  readonly signal?: AbortSignal | undefined
}

/** Rows of numbers: (rows, features), row by row. */
export interface LayerRows extends LayerName {
  readonly rows: number
  readonly data: Float32Array
}

/**
 * The vectors of the wanted tokens of all sentences, a table a layer.
 *
 * @returns undefined when it was asked to stop
 */
export async function collectLayers(
  vectors: LayerVectors,
  sentences: readonly (readonly string[])[],
  { places, onSentence, signal }: CollectOptions = {},
): Promise<LayerRows[] | undefined> {
  const wanted = sentences.map((tokens, index) => places?.(index) ?? [...tokens.keys()])
  const rows = wanted.reduce((sum, list) => sum + list.length, 0)
  const tables = vectors.layers.map(layer => ({
    ...{ ...layer, rows },
    data: new Float32Array(rows * layer.features),
  }))
  let row = 0
  for await (const { index, layers } of vectors.embed(sentences)) {
    if (signal?.aborted === true) return undefined
    for (const place of wanted[index]!) {
      for (const [layer, { features, data }] of tables.entries()) {
        data.set(layers[layer]!.subarray(place * features, (place + 1) * features), row * features)
      }
      row += 1
    }
    onSentence?.(index + 1)
  }
  return tables
}

/** SHA-256 over names, shapes and numbers of parameters, and whatever else decides what an encoder gives. */
export function parametersIdentity(parameters: Parameters, settings: string): string {
  const hash = createHash('sha256').update(settings)
  for (const [name, { dtype, shape, data }] of flattenParameters(parameters)) {
    hash.update(`\n${name} ${dtype} ${shape.join('x')}\n`)
    hash.update(bytesOf(data))
  }
  return hash.digest('hex')
}

/** The bytes of an array, without a copy. */
export function bytesOf(data: NdArray['data']): Uint8Array {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
}
