import {
  CELL,
  type Cell,
  type CellState,
  createContainer,
  random,
  scan,
  type Tensor,
  type TensorParameters,
} from '@elman/core'
import { checkGradients, primitiveCases, sampleArray, sampleConfig } from '@elman/core/testing'
import { layersRecurrent } from '@elman/layers-recurrent'
import plugin from '../../examples/plugin-cell/src/index.ts'
import type { Check } from './check.ts'

const TOLERANCE = 1e-6
const [TIME, BATCH, INPUT] = [3, 2, 4]

/** Derivatives beside finite differences. */
export const gradients: Check = {
  name: 'gradients',
  claim:
    "the gradients of every smooth primitive, and of every registered cell and the example plugin's over three steps, equal central finite differences in float64",
  tolerance: `${TOLERANCE}, relative to 1 + |numeric|`,
  duration: '2 s',
  async run({ note }) {
    const worst = { primitives: 0, cells: 0 }
    const cases = primitiveCases().filter(({ smooth }) => smooth)
    for (const { name, call, inputs } of cases) {
      const error = checkGradients(call as never, inputs, { tolerance: Number.POSITIVE_INFINITY })
      if (error > TOLERANCE) note(`${name}: ${error.toExponential(2)}`)
      worst.primitives = Math.max(worst.primitives, error)
    }
    const container = createContainer([layersRecurrent, plugin])
    const cells = container.registry(CELL).list()
    for (const { name, descriptor } of cells) {
      const make = descriptor.create(descriptor.config.parse(sampleConfig(descriptor.config)), container)
      const error = cellError(make(INPUT))
      note(`cell ${name}: ${error.toExponential(2)}`)
      worst.cells = Math.max(worst.cells, error)
    }
    const measured = {
      ...{ primitiveCases: cases.length, largestOfPrimitives: worst.primitives },
      ...{ cells: cells.length, largestOfCells: worst.cells },
    }
    return { measured, pass: worst.primitives <= TOLERANCE && worst.cells <= TOLERANCE }
  },
}

/** The largest relative error of a cell's gradients over time, by parameters, first state and input. */
function cellError(cell: Cell): number {
  const overTime = (parameters: TensorParameters, state: CellState, xs: Tensor) =>
    scan(
      (carried: CellState, x: Tensor): [CellState, Tensor] => {
        const after = cell.step(parameters as never, carried, x)
        return [after.state, after.output]
      },
      state,
      xs as never,
    )
  const parts = Object.entries(cell.stateShapes)
  const state = parts.map(([name, shape], index) => [name, sampleArray([BATCH, ...shape], 2 + index)])
  const inputs = [
    cell.init(random.key(5), 'float64'),
    Object.fromEntries(state),
    sampleArray([TIME, BATCH, INPUT], 1),
  ]
  return checkGradients(overTime as never, inputs, { tolerance: Number.POSITIVE_INFINITY })
}
