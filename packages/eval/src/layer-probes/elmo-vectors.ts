/** The layers of an ELMo: its token layer, and its recurrent layers, forward and backward halves together. */
import { type Backend, type Key, type Parameters, random } from '@elman/core'
import { createSentenceEmbedder, elmoModel, type LoadedElmo } from '@elman/pretrain'
import { type LayerVectors, parametersIdentity } from './layer-vectors.ts'

/** How an encoder is run. */
export interface EncoderOptions {
  /** Sentences run together; 16 unless given. */
  readonly batch?: number | undefined
}

/** The layers of an ELMo, from a run, an artefact or files of bilm-tf: whatever `openElmo` opens. */
export async function elmoLayerVectors(
  backend: Backend,
  elmo: LoadedElmo,
  { batch = 16 }: EncoderOptions = {},
): Promise<LayerVectors> {
  const parameters = encoderParameters(elmo.parameters)
  const embedder = await createSentenceEmbedder(backend, { options: elmo.options, parameters }, { batch })
  return {
    identity: parametersIdentity(parameters, JSON.stringify(elmo.options)),
    layers: Array.from({ length: embedder.layers }, (_, layer) => ({
      name: `layer ${layer}`,
      features: embedder.features,
    })),
    async *embed(sentences) {
      for await (const { index, tokens, layers } of embedder.embed(sentences)) {
        const size = tokens.length * embedder.features
        const data = layers.data as Float32Array
        yield {
          index,
          layers: Array.from({ length: embedder.layers }, (_, layer) =>
            data.subarray(layer * size, (layer + 1) * size),
          ),
        }
      }
    },
    dispose: () => embedder.dispose(),
  }
}

/** The same ELMo with the weights that training would have begun with: what architecture and characters give alone. */
export function untrainedElmo({ options }: LoadedElmo, seed: number): LoadedElmo {
  const key: Key = random.foldIn(random.key(seed), 'untrained')
  return { options, parameters: elmoModel(options).init(key) }
}

/** A run's parameters have a softmax too, which no vector depends on. */
function encoderParameters({ characters, forward, backward }: Parameters): Parameters {
  return { characters: characters!, forward: forward!, backward: backward! }
}
