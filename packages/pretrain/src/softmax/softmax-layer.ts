/** What stands between the top layer of a language model and the distribution of the next token. */
import {
  type DescriptorOf,
  defineExtensionPoint,
  type ExtensionPoint,
  filled,
  initializers,
  type Key,
  type LayerContext,
  matmul,
  type NdArray,
  type Parameters,
  random,
  reshape,
  type Tensor,
  type TensorParameters,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'

/** Where a softmax stands: what it reads, what it predicts, and what it may use of the rest of the model. */
export interface SoftmaxPlace {
  readonly vocabularySize: number
  /** Features of the vectors that it reads. */
  readonly hidden: number
  /** Numbers in a word vector. */
  readonly embedding: number
  /** Whether the word vectors are its weights (Press & Wolf 2017; Inan et al. 2017). */
  readonly tied: boolean
  /** All its parameters start uniform in ± this; unless given, each layer says where its own start. */
  readonly initialScale?: number | undefined
}

/** What a softmax reads. */
export interface SoftmaxInput {
  /** (time, batch, hidden), after dropout. */
  readonly features: Tensor
  /** Word vectors (vocabulary, embedding): the weights of a tied softmax. */
  readonly table: Tensor
  /** Whether dropout and sampling act, and by which key. */
  readonly context: LayerContext
  /** (time · batch, vocabulary), added to the logits; only layers that are {@link SoftmaxLayer.plain} take it. */
  readonly direct?: Tensor | undefined
}

/**
 * An output layer. Its parameters lie in `softmax` at the top of the model's, and in `projection` (hidden, embedding)
 * where it is tied to word vectors of another size.
 */
export interface SoftmaxLayer {
  /** Fresh parameters, drawn from the model's key. */
  init(key: Key, dtype?: FloatType): Parameters
  /** (time · batch, vocabulary): their softmax is the distribution. `parameters` are the whole model's. */
  logits(parameters: TensorParameters, input: SoftmaxInput): Tensor
  /** Loss of each token (time · batch) in training, where it is not the cross-entropy of the logits. */
  losses?(parameters: TensorParameters, input: SoftmaxInput, targets: Tensor): Tensor
  /** Says that the losses of training are no negative log-probabilities. */
  readonly label?: string | undefined
  /** Whether `logits` are already log-probabilities. */
  readonly normalized: boolean
  /** Whether it is one matrix of logits, so that logits can be added and losses of logits be taken. */
  readonly plain: boolean
  /**
   * Rank that a matrix of log-probabilities over many contexts cannot exceed if one softmax reads vectors as long as
   * those that the weights of this layer meet: their length, and one each for the bias and for the normalisation.
   */
  readonly softmaxRankBound: number
}

/** Makes a softmax once its place is known: what the components of extension point `softmax` create. */
export type SoftmaxFactory = (place: SoftmaxPlace) => SoftmaxLayer

declare module '@elman/core' {
  interface ExtensionPoints {
    softmax: { product: SoftmaxFactory }
  }
}

/** Output layers of language models. */
export const SOFTMAX: ExtensionPoint<DescriptorOf<'softmax'>> = defineExtensionPoint('softmax')

/** An array uniform in ± `scale`, from the stream of its path. */
export function drawUniform(
  key: Key,
  path: string,
  shape: readonly number[],
  scale: number,
  dtype: FloatType,
): NdArray {
  return initializers.uniform(scale)(random.foldIn(key, path), shape, dtype)
}

/** The bias of a softmax: zeros, or uniform where the model has an initial scale. */
export function drawBias(
  { vocabularySize, initialScale }: SoftmaxPlace,
  key: Key,
  dtype: FloatType,
): NdArray {
  if (initialScale === undefined) return filled([vocabularySize], 0, dtype)
  return drawUniform(key, 'softmax.bias', [vocabularySize], initialScale, dtype)
}

/** Whether a projection stands between what a softmax reads and the word vectors it is tied to. */
export function projects({ tied, hidden, embedding }: SoftmaxPlace): boolean {
  return tied && hidden !== embedding
}

/** The projection where there is one. */
export function drawProjection(place: SoftmaxPlace, key: Key, dtype: FloatType): Parameters {
  if (!projects(place)) return {}
  const { hidden, embedding, initialScale = 1 / Math.sqrt(hidden) } = place
  return { projection: drawUniform(key, 'projection', [hidden, embedding], initialScale, dtype) }
}

/** What the weights meet: (time · batch, hidden), or (time · batch, embedding) behind a projection. */
export function flatFeatures(
  place: SoftmaxPlace,
  parameters: TensorParameters,
  { features }: SoftmaxInput,
): Tensor {
  const flat = reshape(features, [-1, place.hidden])
  return projects(place) ? matmul(flat, parameters.projection as Tensor) : flat
}
