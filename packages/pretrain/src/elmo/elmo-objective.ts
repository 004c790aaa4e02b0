/** What a bidirectional language model is trained by: ½ (forward + backward) negative log-likelihood (Peters et al. 2018). */
import {
  add,
  childContext,
  gather,
  type LayerContext,
  mean,
  mul,
  type Objective,
  random,
  reshape,
  softmaxCrossEntropy,
  type Tensor,
  type TensorBatch,
  type TensorParameters,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import type { SoftmaxFactory, SoftmaxLayer } from '../softmax/softmax-layer.ts'
import { ELMO_DIRECTIONS, type ElmoDirection, type ElmoModel } from './bidirectional-language-model.ts'
import { distinctExtent, type PackedWindowShape } from './packed-sentences.ts'

/** Options of {@link elmoObjective}. */
export interface ElmoObjectiveOptions extends PackedWindowShape {
  /** On the input of each recurrent layer and the output of the last. */
  readonly dropout: number
  readonly dtype?: FloatType | undefined
  /** Told, while a step is traced, of a training loss that cannot be compared with others. */
  readonly onLabel?: ((label: string) => void) | undefined
}

/** The softmax that both directions share. */
export function elmoSoftmax(model: ElmoModel, classes: number, factory: SoftmaxFactory): SoftmaxLayer {
  const { projection } = model.options
  return factory({ vocabularySize: classes, hidden: projection, embedding: projection, tied: false })
}

/** The types of a window's arrays. */
export function windowTypes(model: ElmoModel, { batch, time }: PackedWindowShape): Objective['batch'] {
  const ids = { dtype: 'int32', shape: [time, batch] } as const
  const distinct = distinctExtent(1, time * batch)
  return {
    characters: { dtype: 'int32', shape: [distinct, model.options.maxCharacters] },
    ...{ forward: ids, backward: ids, forwardTarget: ids, backwardTarget: ids },
  }
}

/**
 * Windows of packed sentences to their loss; the state of both directions is carried. Parameters are those of the
 * model and `softmax`.
 */
export function elmoObjective(
  model: ElmoModel,
  softmax: SoftmaxLayer,
  options: ElmoObjectiveOptions,
): Objective {
  const { batch, dropout, dtype = 'float32', onLabel } = options
  const objective = (types: Objective['batch']): Objective => ({
    batch: types,
    withBatch: objective,
    init: key => ({
      ...model.init(key, dtype),
      ...softmax.init(random.foldIn(key, 'softmax'), dtype),
    }),
    initialState: () => ({
      forward: model.initialState(batch, dtype),
      backward: model.initialState(batch, dtype),
    }),
    loss(parameters, carried, window, context) {
      const read = readWindow(model, parameters, carried, window, { dropout, context })
      if (softmax.losses !== undefined && softmax.label !== undefined) onLabel?.(softmax.label)
      const means = ELMO_DIRECTIONS.map(way => {
        const inner = childContext(context, `softmax ${way}`)
        return mean(lossesOf(softmax, parameters, read[way].features, targetOf(window, way), inner))
      })
      const state = { forward: read.forward.state, backward: read.backward.state }
      return { loss: mul(add(means[0]!, means[1]!), 0.5), carried: state }
    },
  })
  return objective(windowTypes(model, options))
}

/** What both directions make of a window. */
export type WindowReading = {
  readonly [way in ElmoDirection]: { readonly features: Tensor; readonly state: SequenceState }
}

/** The vectors that the softmax reads, (time, batch, projection), and the states after the window. */
export function readWindow(
  model: ElmoModel,
  parameters: TensorParameters,
  carried: TensorParameters,
  window: TensorBatch,
  { dropout, context }: { readonly dropout: number; readonly context: LayerContext },
): WindowReading {
  const tokens = model.tokenVectors(parameters, window.characters!) // (distinct, projection)
  const read = (way: ElmoDirection) => {
    const { layers, state } = model.stack(
      way,
      parameters,
      {
        xs: gather(tokens, window[way]!),
        state: carried[way] as SequenceState,
        reset: window.reset,
        dropout,
      },
      context,
    )
    return { features: layers.at(-1)!, state }
  }
  return { forward: read('forward'), backward: read('backward') }
}

/** Loss of each target (time · batch): that of training in training, that of the whole softmax in evaluation. */
export function lossesOf(
  softmax: SoftmaxLayer,
  parameters: TensorParameters,
  features: Tensor,
  targets: Tensor,
  context: LayerContext,
): Tensor {
  const input = { features, table: features, context }
  const flat = reshape(targets, [-1])
  if (context.mode === 'train' && softmax.losses !== undefined) return softmax.losses(parameters, input, flat)
  return softmaxCrossEntropy(softmax.logits(parameters, input), flat)
}

function targetOf(window: TensorBatch, way: ElmoDirection): Tensor {
  return window[`${way}Target`]!
}
