import {
  add,
  and,
  concat,
  defineComponent,
  ElmanError,
  filled,
  less,
  logSoftmax,
  matmul,
  not,
  type Parameters,
  select,
  sliceAxis,
  softmaxCrossEntropy,
  sub,
  type Tensor,
  type TensorParameters,
} from '@elman/core'
import { z } from 'zod'
import {
  drawUniform,
  flatFeatures,
  SOFTMAX,
  type SoftmaxInput,
  type SoftmaxLayer,
  type SoftmaxPlace,
} from './softmax-layer.ts'

/** Options of softmax `adaptive`. */
export const adaptiveSoftmaxConfig = z.strictObject({
  cutoffs: z
    .array(z.int().min(1))
    .min(1)
    .describe(
      'ids at which the clusters begin: frequent words before the first, rising, below the vocabulary',
    ),
  divisor: z
    .number()
    .min(1)
    .default(4)
    .describe('by how much the vectors of each cluster are shorter than those of the one before'),
  headBias: z.boolean().default(false).describe('whether the head has a bias'),
})

/** Options of {@link adaptiveSoftmax}. */
export type AdaptiveOptions = z.output<typeof adaptiveSoftmaxConfig>

/**
 * Adaptive softmax (Grave et al. 2017), the function of `torch.nn.AdaptiveLogSoftmaxWithLoss`: a head over the
 * frequent words and one entry for each cluster of rarer ones; a cluster is a softmax over its words that reads a
 * shorter vector. Ids must be in the order of frequency, as those of a vocabulary of words are.
 *
 * Parameters in `softmax`: `head` (hidden, cutoffs[0] + clusters), `headBias`, and for cluster i `tail.<i>.projection`
 * (hidden, ⌊hidden / divisor^(i + 1)⌋, at least 1) and `tail.<i>.weight` (that, words of the cluster).
 *
 * Shapes are static, so each cluster is computed for all tokens: what is saved is the length of its vectors.
 *
 * @throws `SOFTMAX_CUTOFFS_INVALID`; `SOFTMAX_NOT_TIED`
 */
export function adaptiveSoftmax(options: AdaptiveOptions, place: SoftmaxPlace): SoftmaxLayer {
  const { cutoffs, divisor, headBias } = options
  const { vocabularySize, hidden, initialScale } = place
  checkPlace(cutoffs, place)
  const first = cutoffs[0]!
  const clusters = cutoffs.map((low, i) => {
    const high = cutoffs[i + 1] ?? vocabularySize
    return { low, high, width: Math.max(1, Math.floor(hidden / divisor ** (i + 1))) }
  })
  const headLogits = (parameters: TensorParameters, features: Tensor) => {
    const { head, headBias: bias } = parameters.softmax as AdaptiveTensors
    const product = matmul(features, head)
    return bias === undefined ? product : add(product, bias)
  }
  const tailLogits = (parameters: TensorParameters, features: Tensor, cluster: number) => {
    const { projection, weight } = (parameters.softmax as AdaptiveTensors).tail[cluster]!
    return matmul(matmul(features, projection), weight)
  }

  return {
    init(key, dtype = 'float32') {
      const draw = (name: string, shape: readonly [number, number]) =>
        drawUniform(key, `softmax.${name}`, shape, initialScale ?? 1 / Math.sqrt(shape[0]), dtype)
      const entries = first + clusters.length
      const bias =
        initialScale === undefined
          ? filled([entries], 0, dtype)
          : drawUniform(key, 'softmax.headBias', [entries], initialScale, dtype)
      const tail: { [cluster: string]: Parameters } = {}
      for (const [i, { low, high, width }] of clusters.entries()) {
        tail[i] = {
          projection: draw(`tail.${i}.projection`, [hidden, width]),
          weight: draw(`tail.${i}.weight`, [width, high - low]),
        }
      }
      return {
        softmax: { head: draw('head', [hidden, entries]), ...(headBias ? { headBias: bias } : {}), tail },
      }
    },
    logits(parameters, input: SoftmaxInput) {
      const features = flatFeatures(place, parameters, input)
      const head = logSoftmax(headLogits(parameters, features))
      const tails = clusters.map((_, i) =>
        add(logSoftmax(tailLogits(parameters, features, i)), sliceAxis(head, 1, first + i, first + i + 1)),
      )
      return concat([sliceAxis(head, 1, 0, first), ...tails], 1)
    },
    losses(parameters, input, targets) {
      const features = flatFeatures(place, parameters, input)
      let entry = targets // in the head: the word itself, or its cluster's entry
      let tails: Tensor | undefined
      for (const [i, { low, high }] of clusters.entries()) {
        const inside = and(not(less(targets, low)), less(targets, high))
        entry = select(inside, first + i, entry)
        const label = select(inside, sub(targets, low), 0)
        const loss = select(inside, softmaxCrossEntropy(tailLogits(parameters, features, i), label), 0)
        tails = tails === undefined ? loss : add(tails, loss)
      }
      return add(softmaxCrossEntropy(headLogits(parameters, features), entry), tails!)
    },
    normalized: true,
    plain: false,
    softmaxRankBound: hidden + 2,
  }
}

type AdaptiveTensors = {
  readonly head: Tensor
  readonly headBias?: Tensor
  readonly tail: { readonly [cluster: string]: { readonly projection: Tensor; readonly weight: Tensor } }
}

function checkPlace(cutoffs: readonly number[], { vocabularySize, tied }: SoftmaxPlace): void {
  if (tied) {
    throw new ElmanError('SOFTMAX_NOT_TIED', {
      message: 'the weights of an adaptive softmax differ in length and cannot be the word vectors',
      hint: 'set tied: false, or take another softmax',
    })
  }
  const rising = cutoffs.every((cutoff, i) => cutoff > (cutoffs[i - 1] ?? 0))
  if (rising && cutoffs.at(-1)! < vocabularySize) return
  throw new ElmanError('SOFTMAX_CUTOFFS_INVALID', {
    message: 'the clusters of the adaptive softmax do not divide the vocabulary',
    expected: `cutoffs that rise from 1 or more and stay below ${vocabularySize}, the size of the vocabulary`,
    found: cutoffs.join(', '),
  })
}

/** Registry entry `adaptive`. */
export const adaptiveSoftmaxComponent = defineComponent(SOFTMAX, {
  type: 'adaptive',
  summary: 'adaptive softmax: rarer words by shorter vectors (Grave et al. 2017)',
  config: adaptiveSoftmaxConfig,
  create: options => place => adaptiveSoftmax(options, place),
})
