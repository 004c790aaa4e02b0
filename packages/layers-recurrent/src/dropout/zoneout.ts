import {
  add,
  bernoulliMask,
  type Cell,
  type CellState,
  less,
  mul,
  type Parameters,
  select,
} from '@elman/core'
import type { StepResult } from '../cells/gated-cell.ts'
import { checkRate, childContext, keyOf } from './dropout-mask.ts'
import { changeCell, type NoisyCell, prepareCell } from './noisy-cell.ts'

/** Probability of keeping the old value, by state part (one number: the same for all). */
export type ZoneoutRates<S extends CellState> = number | { readonly [Part in keyof S]?: number }

/**
 * Zoneout (Krueger et al. 2017): in training each element of the state keeps its old value with probability `rate`,
 * chosen anew at each step; in evaluation the state is the expectation, rate · old + (1 − rate) · new.
 * An output that is a part of the state follows it.
 *
 * @throws `DROPOUT_RATE_INVALID`
 */
export function zoneout<P extends Parameters, S extends CellState>(
  cell: Cell<P, S>,
  rates: ZoneoutRates<S>,
): NoisyCell<P, S> {
  const parts = Object.keys(cell.stateShapes)
    .map((name, index) => ({ name, index, rate: typeof rates === 'number' ? rates : (rates[name] ?? 0) }))
    .filter(part => part.rate !== 0)
  for (const { rate } of parts) checkRate(rate, 'zoneout')

  return changeCell(cell, {
    evaluateStep(before, result) {
      const mixed = parts.map(({ name, rate }) => [
        name,
        add(mul(before[name]!, rate), mul(result.state[name]!, 1 - rate)),
      ])
      return withState(result, Object.fromEntries(mixed))
    },
    train(parameters, pass) {
      const inner = prepareCell(cell, parameters, { ...pass, context: childContext(pass.context, 0) })
      const masks = parts.map(({ name, index, rate }) => {
        const key = keyOf(childContext(pass.context, 1 + index), 'zoneout')
        const shape = [pass.time, pass.batch, ...cell.stateShapes[name]!]
        return less(0, bernoulliMask(key, shape, rate, pass.dtype)) // true where the old value stays
      })
      return {
        perStep: [...inner.perStep, ...masks],
        step(state, x, perStep, noise) {
          const result = inner.step(state, x, perStep.slice(0, inner.perStep.length), noise)
          const chosen = parts.map(({ name }, i) => {
            const stays = perStep[inner.perStep.length + i]!
            return [name, select(stays, state[name]!, result.state[name]!)]
          })
          return withState(result, Object.fromEntries(chosen))
        },
      }
    },
  })
}

function withState<S extends CellState>(result: StepResult<S>, changed: Partial<S>): StepResult<S> {
  const state = { ...result.state, ...changed }
  const shown = Object.keys(state).find(name => result.state[name]!.value === result.output.value)
  return { state, output: shown === undefined ? result.output : state[shown]! }
}
