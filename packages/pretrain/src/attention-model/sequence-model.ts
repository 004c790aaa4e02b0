/** Language models over any stack of sequence layers: embedding, positions, blocks, layer norm, softmax. */
import {
  childContext,
  gather,
  initializers,
  layerNorm,
  mul,
  type Parameters,
  random,
  type Tensor,
  type Traced,
} from '@elman/core'
import type { StatefulLayer } from '@elman/layers-attention'
import { type SequenceLayer, type SequenceState, stepDropout } from '@elman/layers-recurrent'
import type { LanguageModel } from '../language-model/language-model.ts'
import { fullSoftmax } from '../softmax/full-softmax.ts'
import type { SoftmaxFactory } from '../softmax/softmax-layer.ts'
import { withSoftmax } from '../softmax/with-softmax.ts'

/** What a model over a stack is made of. */
export interface SequenceModelOptions {
  readonly vocabularySize: number
  /** Size of the word vectors: what the first block reads. */
  readonly size: number
  /** From the input up: (time, batch, size) to (time, batch, outputSize). */
  readonly blocks: SequenceLayer
  /** Adds positions to the word vectors, where blocks have no other way to know them. */
  readonly positions?: StatefulLayer | undefined
  /** Whether what the blocks give is layer-normalised before the softmax reads it. */
  readonly norm: boolean
  /** Whether the softmax takes the word vectors as its weights. */
  readonly tied: boolean
  /** The output layer: `fullSoftmax` unless given. */
  readonly softmax?: SoftmaxFactory | undefined
  /** Probabilities of dropping: of word vectors with their positions, of what the softmax reads. */
  readonly dropout: { readonly input: number; readonly output: number }
}

/**
 * Makes a language model. Parameters: `embedding` (vocabulary, size), `positions` where they are learned,
 * `blocks.<block>.…`, `norm`, and those of the softmax. Word vectors start normal with deviation 1 / √size and are read
 * times √size (Vaswani et al. 2017, section 3.4). State: `positions`, `blocks`.
 */
export function sequenceModel(options: SequenceModelOptions): LanguageModel {
  const { vocabularySize, size, blocks, positions, tied, softmax = fullSoftmax } = options
  const hidden = blocks.outputSize
  const norm = options.norm ? layerNorm({ size: hidden }) : undefined
  const output = softmax({ vocabularySize, hidden, embedding: size, tied })
  const dropInput = stepDropout(options.dropout.input)
  const dropOutput = stepDropout(options.dropout.output)
  return {
    vocabularySize,
    hiddenSize: hidden,
    init(key, dtype = 'float32') {
      const table = positions?.init(random.foldIn(key, 'positions'), dtype) ?? {}
      const vectors = initializers.normal(1 / Math.sqrt(size))
      return {
        embedding: vectors(random.foldIn(key, 'embedding'), [vocabularySize, size], dtype),
        ...(Object.keys(table).length === 0 ? {} : { positions: table }),
        blocks: blocks.init(random.foldIn(key, 'blocks'), dtype),
        ...(norm === undefined ? {} : { norm: norm.init(key, dtype) }),
        ...output.init(key, dtype),
      }
    },
    initialState: (batch, dtype) => ({
      ...(positions === undefined ? {} : { positions: positions.initialState(batch, dtype) }),
      blocks: blocks.initialState(batch, dtype),
    }),
    ...withSoftmax(output, (parameters, ids, state, context) => {
      const part = (name: string) => (parameters[name] ?? {}) as Traced<Parameters>
      const stateOf = (name: string) => state[name] as SequenceState
      const table = parameters.embedding as Tensor // (vocabulary, size)
      const vectors = mul(gather(table, ids), Math.sqrt(size)) // (time, batch, size)
      const placed = positions?.apply(
        part('positions'),
        { xs: vectors, state: stateOf('positions') },
        context,
      )
      const xs = dropInput(placed?.outputs ?? vectors, childContext(context, 'input'))
      const inBlocks = childContext(context, 'blocks')
      const { outputs, state: after } = blocks.apply(
        part('blocks'),
        { xs, state: stateOf('blocks') },
        inBlocks,
      )
      const raw = norm?.apply(parameters.norm as never, outputs, context) ?? outputs
      const dropped = dropOutput(raw, childContext(context, 'output'))
      return {
        hidden: { raw, dropped },
        table,
        state: { ...(placed === undefined ? {} : { positions: placed.state }), blocks: after },
      }
    }),
  }
}
