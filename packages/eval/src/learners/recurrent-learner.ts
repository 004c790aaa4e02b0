/** A registered cell, or several on top of each other, between one-hot symbols and a readout. */
import {
  CELL,
  type Cell,
  type CellFactory,
  type CellState,
  componentOf,
  defineComponent,
  gather,
  initializers,
  isNdArray,
  type Key,
  oneHot,
  type Parameters,
  random,
  type Tensor,
  type Traced,
} from '@elman/core'
import { isMemoryCell, isTapeCell, unroll } from '@elman/layers-recurrent'
import { z } from 'zod'
import { LEARNER, type Learner, type LearnerCall, type LearnerFactory, type Recurrence } from './learner.ts'
import { sizedCell } from './memory-call.ts'
import { readout } from './readout.ts'
import { joinState, type StatePart, splitState, stateSizeOf } from './state-parts.ts'

/** Options of {@link recurrentLearner}. */
export interface RecurrentLearnerOptions {
  /** The cell, once its input is known. */
  readonly cell: CellFactory
  /** Cells on top of each other; 1 unless given. */
  readonly layers?: number | undefined
  /** Features of a trained vector for each symbol; symbols go in one-hot unless given. */
  readonly embedding?: number | undefined
  /** Width of a tanh layer between the last cell and the answers; the readout is linear unless given. */
  readonly readout?: number | undefined
}

/**
 * Cells over symbols. Parameters: `cell.0` ..., `readout` and, with `embedding`, `embedding.table`. Weights start
 * uniform in ± 1 / √fan-in: cells say so of their recurrent weights, and those called `input`, which read the symbols,
 * are drawn anew here where a cell scales them by its width.
 */
export function recurrentLearner(options: RecurrentLearnerOptions): LearnerFactory {
  const { layers = 1, embedding } = options
  return ({ inputs, outputs }) => {
    const cells: Cell[] = []
    for (let layer = 0; layer < layers; layer++) {
      cells.push(options.cell(cells.at(-1)?.outputSize ?? embedding ?? inputs))
    }
    const answers = readout(cells.at(-1)!.outputSize, outputs, options.readout)
    const ofLayer = (parameters: Traced<Parameters>, layer: number) =>
      (parameters.cell as Traced<Parameters>)[String(layer)] as Traced<Parameters>
    const embed = (parameters: Traced<Parameters>, symbols: Tensor) =>
      embedding === undefined
        ? oneHot(symbols, inputs)
        : gather((parameters.embedding as { table: Tensor }).table, symbols)
    return {
      hasMemory: cells.some(isMemoryCell),
      needsWordLength: cells.some(isTapeCell),
      width: Math.max(...cells.map(({ outputSize }) => outputSize)),
      init: key => ({
        ...(embedding === undefined
          ? {}
          : {
              embedding: {
                table: initializers.normal(1)(random.foldIn(key, 'embedding'), [inputs, embedding]),
              },
            }),
        cell: Object.fromEntries(
          cells.map((cell, layer) => [String(layer), initCell(cell, random.foldIn(key, `cell.${layer}`))]),
        ),
        readout: answers.init(random.foldIn(key, 'readout')),
      }),
      apply(parameters, symbols, call) {
        const top = cells.reduce(
          (xs, cell, layer) => unroll(sizedCell(cell, call), ofLayer(parameters, layer), xs).outputs,
          embed(parameters, symbols),
        )
        return answers.apply(parameters.readout as Traced<Parameters>, top)
      },
      recurrence: recurrenceOf(cells, (parameters, symbols, layerStep) => {
        const top = cells.reduce(
          (x, _, layer) => layerStep(layer, ofLayer(parameters, layer), x),
          embed(parameters, symbols),
        )
        return answers.apply(parameters.readout as Traced<Parameters>, top)
      }),
    } satisfies Learner
  }
}

type LayerStep = (layer: number, parameters: Traced<Parameters>, x: Tensor) => Tensor

/** The step of a stack of cells over a flat state; `through` carries symbols through the layers to logits. */
function recurrenceOf(
  cells: readonly Cell[],
  through: (parameters: Traced<Parameters>, symbols: Tensor, layerStep: LayerStep) => Tensor,
): Recurrence {
  const partsOf = (call: LearnerCall): (StatePart & { readonly layer: number; readonly part: string })[] =>
    cells.flatMap((cell, layer) =>
      Object.entries(sizedCell(cell, call).stateShapes).map(([part, shape]) => ({
        layer,
        part,
        shape,
        name: cells.length === 1 ? part : `${layer}.${part}`,
      })),
    )
  return {
    stateSize: call => stateSizeOf(partsOf(call)),
    parts: call => partsOf(call).map(part => ({ name: part.name, size: stateSizeOf([part]) })),
    step(parameters, state, symbols, call) {
      const parts = partsOf(call)
      const before = splitState(state, parts)
      const after: CellState[] = []
      const logits = through(parameters, symbols, (layer, own, x) => {
        const carried = Object.fromEntries(
          parts.flatMap((part, i) => (part.layer === layer ? [[part.part, before[i]!]] : [])),
        )
        const result = sizedCell(cells[layer]!, call).step(own, carried, x)
        after[layer] = result.state
        return result.output
      })
      return { state: joinState(parts.map(({ layer, part }) => after[layer]![part]!)), logits }
    },
  }
}

/** A cell's parameters, with weights `input` (inputSize, ...) uniform in ± 1 / √inputSize. */
function initCell(cell: Cell, key: Key): Parameters {
  const parameters = cell.init(key)
  const { input } = parameters
  if (input === undefined || !isNdArray(input) || isMemoryCell(cell)) return parameters
  const { shape } = input
  if (shape.length !== 2 || shape[0] !== cell.inputSize) return parameters
  return { ...parameters, input: initializers.fanInUniform(random.foldIn(key, 'input'), shape) }
}

/** Registry entry `recurrent`. */
export const recurrentLearnerComponent = defineComponent(LEARNER, {
  type: 'recurrent',
  summary: 'any registered cell over one-hot symbols, with a readout',
  config: z.strictObject({
    cell: componentOf(CELL).describe('the cell'),
    layers: z.int().positive().default(1).describe('cells on top of each other'),
    embedding: z.int().positive().optional().describe('features of a trained vector for each symbol'),
    readout: z.int().positive().optional().describe('width of a tanh layer before the answers'),
  }),
  create: ({ cell, ...options }, services) =>
    recurrentLearner({ ...options, cell: services.create(CELL, cell) }),
})
