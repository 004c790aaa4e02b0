/** Elastic weight consolidation (Kirkpatrick et al. 2017): what mattered for earlier texts is held near where it was. */
import {
  add,
  flattenParameters,
  isTensor,
  leavesWithPaths,
  mul,
  type Objective,
  type Parameters,
  square,
  sub,
  sum,
  type Tensor,
  type TensorParameters,
} from '@elman/core'

/** What was learnt from an earlier text. */
export interface ElasticAnchor {
  /** θ*: the parameters at the end of its training. */
  readonly parameters: Parameters
  /** F: how much its loss depends on each; `diagonalFisher` gives it. */
  readonly fisher: Parameters
}

/** How much is held, and how firmly. */
export interface ElasticOptions {
  readonly anchors: readonly ElasticAnchor[]
  /** λ. With mean losses and a Fisher per token, (tokens of the earlier text) / (tokens of this) is Bayes' answer. */
  readonly strength: number
}

/** λ/2 Σ F (θ − θ*)² over all anchors, scalar. */
export function elasticPenalty(parameters: TensorParameters, { anchors, strength }: ElasticOptions): Tensor {
  const leaves = leavesWithPaths<Tensor>(parameters, isTensor)
  const terms = anchors.flatMap(anchor => {
    const centres = flattenParameters(anchor.parameters)
    const weights = flattenParameters(anchor.fisher)
    return leaves.flatMap(({ path, leaf }) => {
      const [centre, weight] = [centres.get(path), weights.get(path)]
      return centre === undefined || weight === undefined ? [] : [sum(mul(square(sub(leaf, centre)), weight))]
    })
  })
  return mul(
    terms.reduce((total, term) => add(total, term)),
    strength / 2,
  )
}

/**
 * An objective with the penalty as an auxiliary loss: gradients have it, the reported loss does not. Wrappers of
 * objectives can be put around each other in any order. The anchors become constants of the compiled step: memory for
 * two more copies of the parameters each.
 */
export function elasticWeightConsolidation(objective: Objective, options: ElasticOptions): Objective {
  const { withBatch } = objective
  return {
    ...objective,
    ...(withBatch === undefined
      ? {}
      : { withBatch: batch => elasticWeightConsolidation(withBatch(batch), options) }),
    loss(parameters, carried, batch, context) {
      context.addLoss?.('elastic weight consolidation', elasticPenalty(parameters, options))
      return objective.loss(parameters, carried, batch, context)
    },
  }
}
