/** Dropout inside a step, from the literature's two places: h on its way into the gates, and the candidate. */
import {
  type CellState,
  concat,
  ElmanError,
  type LayerContext,
  matmul,
  mul,
  type Parameters,
  split,
  type Tensor,
} from '@elman/core'
import { type GatedCell, NO_NOISE, type StepNoise } from '../cells/gated-cell.ts'
import { checkRate, childContext, dropoutMask } from './dropout-mask.ts'
import {
  changeCell,
  checkGated,
  joinNoise,
  type NoisyCell,
  prepareCell,
  type SequencePass,
} from './noisy-cell.ts'

/** Rates of {@link variationalDropout}. */
export interface VariationalOptions {
  /** Of x, on its way into the gates; 0 unless given. */
  readonly input?: number
  /** Of h from the step before, on its way into the gates; 0 unless given. */
  readonly recurrent?: number
  /** One mask for all gates (`tied`, the default), or one for each. */
  readonly masks?: 'tied' | 'per-gate'
}

/**
 * Variational dropout (Gal & Ghahramani 2016): the same mask at every time step, for x and for h. The state that is
 * carried on is whole; only the products see the mask.
 *
 * @throws `CELL_TAKES_NO_NOISE`, `DROPOUT_RATE_INVALID`
 */
export function variationalDropout<P extends Parameters, S extends CellState>(
  cell: GatedCell<P, S>,
  options: VariationalOptions,
): GatedCell<P, S> & NoisyCell<P, S> {
  const { input = 0, recurrent = 0, masks = 'tied' } = options
  const gates = checkGated(cell, 'variationalDropout')
  checkRate(input, 'variationalDropout')
  checkRate(recurrent, 'variationalDropout')
  const count = masks === 'tied' ? 1 : gates.length

  const product = (context: LayerContext, pass: SequencePass, rate: number, features: number) => {
    const draw = (_: unknown, gate: number) =>
      dropoutMask(childContext(context, gate), [pass.batch, features], rate, pass.dtype, 'variationalDropout')
    const drawn = Array.from({ length: count }, draw).filter(mask => mask !== undefined)
    if (drawn.length === 0) return NO_NOISE.recurrent
    const all = gates.map((_, gate) => gate)
    return (x: Tensor, weight: Tensor, held = all) => maskedProduct(x, weight, drawn, held)
  }

  const changed = changeCell(cell, {
    train(parameters, pass) {
      const inner = prepareCell(cell, parameters, { ...pass, context: childContext(pass.context, 0) })
      // The carried part that the products read is the output's width (h, also when it is projected).
      const own: StepNoise = {
        ...NO_NOISE,
        input:
          input === 0 ? NO_NOISE.input : product(childContext(pass.context, 1), pass, input, cell.inputSize),
        recurrent:
          recurrent === 0
            ? NO_NOISE.recurrent
            : product(childContext(pass.context, 2), pass, recurrent, cell.outputSize),
      }
      return {
        perStep: inner.perStep,
        step: (state, x, perStep, noise) => inner.step(state, x, perStep, joinNoise(noise, own)),
      }
    },
  })
  return changed as GatedCell<P, S> & NoisyCell<P, S>
}

function maskedProduct(
  x: Tensor,
  weight: Tensor,
  masks: readonly Tensor[],
  gates: readonly number[],
): Tensor {
  if (masks.length === 1) return matmul(mul(x, masks[0]!), weight)
  const blocks = split(weight, gates.length, 1)
  return concat(
    gates.map((gate, i) => matmul(mul(x, masks[gate]!), blocks[i]!)),
    -1,
  )
}

/** Options of {@link candidateDropout}. */
export interface CandidateOptions {
  readonly rate: number
  /** A new mask at each step (the default), or one for the whole sequence. */
  readonly overTime?: 'each-step' | 'locked'
}

/**
 * Recurrent dropout without memory loss (Semeniuta et al. 2016): drops elements of the candidate, so that the memory
 * is kept where nothing is written.
 *
 * @throws `CELL_TAKES_NO_NOISE`, `CELL_HAS_NO_CANDIDATE`, `DROPOUT_RATE_INVALID`
 */
export function candidateDropout<P extends Parameters, S extends CellState>(
  cell: GatedCell<P, S>,
  options: CandidateOptions,
): GatedCell<P, S> & NoisyCell<P, S> {
  const { rate, overTime = 'each-step' } = options
  checkGated(cell, 'candidateDropout')
  checkRate(rate, 'candidateDropout')
  if (!cell.hasCandidate) {
    throw new ElmanError('CELL_HAS_NO_CANDIDATE', {
      message:
        '"candidateDropout" drops what a cell adds to its memory, and this cell has no memory apart from h',
      hint: 'use variationalDropout with a recurrent rate',
    })
  }
  // The candidate is as wide as the memory: c where there is one, else h.
  const width = (cell.stateShapes.c ?? cell.stateShapes.h)![0]!
  const changed = changeCell(cell, {
    train(parameters, pass) {
      const inner = prepareCell(cell, parameters, { ...pass, context: childContext(pass.context, 0) })
      const shape = overTime === 'locked' ? [pass.batch, width] : [pass.time, pass.batch, width]
      const mask = dropoutMask(childContext(pass.context, 1), shape, rate, pass.dtype, 'candidateDropout')
      if (mask === undefined) return inner
      const count = inner.perStep.length
      return {
        perStep: overTime === 'locked' ? inner.perStep : [...inner.perStep, mask],
        step(state, x, perStep, noise) {
          const here = overTime === 'locked' ? mask : perStep[count]!
          const own = { ...NO_NOISE, candidate: (candidate: Tensor) => mul(candidate, here) }
          return inner.step(state, x, perStep.slice(0, count), joinNoise(noise, own))
        },
      }
    },
  })
  return changed as GatedCell<P, S> & NoisyCell<P, S>
}
