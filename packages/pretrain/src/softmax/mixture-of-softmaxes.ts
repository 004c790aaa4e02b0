import {
  add,
  broadcastTo,
  defineComponent,
  ElmanError,
  expandDims,
  filled,
  indexAxis,
  logSoftmax,
  logSumExp,
  matmul,
  neg,
  reshape,
  softmaxCrossEntropy,
  softplus,
  sub,
  type Tensor,
  type TensorParameters,
  tanh,
} from '@elman/core'
import { lockedDropout } from '@elman/layers-recurrent'
import { z } from 'zod'
import {
  drawBias,
  drawUniform,
  SOFTMAX,
  type SoftmaxInput,
  type SoftmaxLayer,
  type SoftmaxPlace,
} from './softmax-layer.ts'

/** Options of softmax `mixture`. */
export const mixtureOfSoftmaxesConfig = z.strictObject({
  experts: z.int().min(1).default(10).describe('softmaxes in the mixture'),
  hidden: z
    .int()
    .min(1)
    .optional()
    .describe('size of the vector that each of them reads; that of the word vectors unless given'),
  latentDropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('of the vectors that the softmaxes read, one mask over time (dropoutl of Yang et al.)'),
})

/** Options of {@link mixtureOfSoftmaxes}. */
export type MixtureOptions = z.output<typeof mixtureOfSoftmaxesConfig>

/**
 * Mixture of softmaxes (Yang et al. 2018): P = Σₖ πₖ softmax(W tanh(Wₖ h + bₖ) + b), π = softmax(h V). A matrix of its
 * log-probabilities is not bound to the rank of one softmax.
 *
 * Parameters in `softmax`: `latent.weight` (hidden, experts · size), `latent.bias`, `prior` (hidden, experts), `weight`
 * (size, vocabulary) unless tied, `bias` (vocabulary). The training loss is exact, and its memory grows with
 * time · batch · experts · vocabulary; that of evaluation does not grow with the experts.
 *
 * @throws `SOFTMAX_NOT_TIED` when the vectors are not as long as the word vectors that they are tied to
 */
export function mixtureOfSoftmaxes(options: MixtureOptions, place: SoftmaxPlace): SoftmaxLayer {
  const { experts, latentDropout } = options
  const { vocabularySize, hidden, embedding, tied, initialScale } = place
  const size = options.hidden ?? embedding
  if (tied && size !== embedding) {
    throw new ElmanError('SOFTMAX_NOT_TIED', {
      message: 'the softmaxes of a mixture that share the word vectors read vectors of their size',
      expected: `hidden ${embedding}, or none given`,
      found: `hidden ${size}`,
      hint: 'leave "hidden" out, or set tied: false',
    })
  }
  const drop = lockedDropout(latentDropout)

  /** The vectors that the softmaxes read, (time · batch, experts, size), and ln π (time · batch, experts). */
  const experience = (parameters: TensorParameters, { features, context }: SoftmaxInput) => {
    const { latent, prior } = parameters.softmax as MixtureTensors
    const vectors = tanh(add(matmul(features, latent.weight), latent.bias)) // (time, batch, experts · size)
    return {
      vectors: reshape(drop(vectors, context), [-1, experts, size]),
      logPrior: logSoftmax(matmul(reshape(features, [-1, hidden]), prior)),
    }
  }
  const logitsOf = (parameters: TensorParameters, vectors: Tensor, { table }: SoftmaxInput) => {
    const { weight, bias } = parameters.softmax as MixtureTensors
    return add(tied ? matmul(vectors, table, { transposeB: true }) : matmul(vectors, weight), bias)
  }

  return {
    init(key, dtype = 'float32') {
      const wide = initialScale ?? 1 / Math.sqrt(hidden)
      const draw = (name: string, shape: readonly number[], scale: number) =>
        drawUniform(key, `softmax.${name}`, shape, scale, dtype)
      const weight = () => draw('weight', [size, vocabularySize], initialScale ?? 1 / Math.sqrt(size))
      return {
        softmax: {
          latent: {
            weight: draw('latent.weight', [hidden, experts * size], wide),
            bias:
              initialScale === undefined
                ? filled([experts * size], 0, dtype)
                : draw('latent.bias', [experts * size], initialScale),
          },
          prior: draw('prior', [hidden, experts], wide),
          ...(tied ? {} : { weight: weight() }),
          bias: drawBias(place, key, dtype),
        },
      }
    },
    /** Expert after expert, so that no array has all of them: ln Σₖ exp(ln πₖ + ln softmaxₖ). */
    logits(parameters, input) {
      const { vectors, logPrior } = experience(parameters, input)
      let total: Tensor | undefined
      for (let k = 0; k < experts; k++) {
        const own = logSoftmax(logitsOf(parameters, indexAxis(vectors, 1, k), input))
        const share = add(own, expandDims(indexAxis(logPrior, 1, k), -1)) // (time · batch, vocabulary)
        total = total === undefined ? share : add(total, softplus(sub(share, total)))
      }
      return total!
    },
    /** −ln Σₖ πₖ pₖ(target), from the cross-entropies of the experts. */
    losses(parameters, input, targets) {
      const { vectors, logPrior } = experience(parameters, input)
      const logits = logitsOf(parameters, reshape(vectors, [-1, size]), input) // (time · batch · experts, vocabulary)
      const repeated = broadcastTo(expandDims(targets, -1), logPrior.shape)
      const each = reshape(softmaxCrossEntropy(logits, reshape(repeated, [-1])), logPrior.shape)
      return neg(logSumExp(sub(logPrior, each), -1))
    },
    normalized: true,
    plain: false,
    softmaxRankBound: size + 2,
  }
}

type MixtureTensors = {
  readonly latent: { readonly weight: Tensor; readonly bias: Tensor }
  readonly prior: Tensor
  readonly weight: Tensor
  readonly bias: Tensor
}

/** Registry entry `mixture`. */
export const mixtureOfSoftmaxesComponent = defineComponent(SOFTMAX, {
  type: 'mixture',
  summary: 'mixture of softmaxes (Yang et al. 2018)',
  config: mixtureOfSoftmaxesConfig,
  create: options => place => mixtureOfSoftmaxes(options, place),
})
