import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { type Cell, createTrainStep, ndArray, random, sgd, type TrainStep } from '@elman/core'
import { lstm } from '@elman/layers-recurrent'
import { languageModel, languageModelObjective } from '@elman/pretrain'
import { lstmEquations } from '../../examples/plugin-cell/src/lstm-equations.ts'
import type { Check } from './check.ts'

const SIZES = { vocabulary: 10_000, hidden: 200, batch: 20, time: 20 } as const
const [ROUNDS, STEPS] = [8, 10]
const LIMIT = 1.05

/** A stranger's cell beside the built-in one of the same arithmetic, taking turns in one process. */
export const pluginSpeed: Check = {
  name: 'plugin-speed',
  claim: `the training step of a two-layer LSTM language model (vocabulary 10,000, hidden 200, batch 20, 20 steps) with the example plugin's cell, four gates as four equations, takes at most ${LIMIT} times the step with the built-in lstm`,
  tolerance: `ratio of medians at most ${LIMIT}, one thread, ${ROUNDS} turns of ${STEPS} steps`,
  duration: '60 s',
  async run({ note }) {
    const builtIn = await makeStep((inputSize, hidden) => lstm({ inputSize, hidden }))
    const plugin = await makeStep(lstmEquations)
    const times: Record<'builtIn' | 'plugin', number[]> = { builtIn: [], plugin: [] }
    try {
      await timeSteps(builtIn, STEPS)
      await timeSteps(plugin, STEPS)
      for (let round = 0; round < ROUNDS; round++) {
        times.builtIn.push(...(await timeSteps(builtIn, STEPS)))
        times.plugin.push(...(await timeSteps(plugin, STEPS)))
      }
    } finally {
      await builtIn.dispose()
      await plugin.dispose()
    }
    const [a, b] = [median(times.builtIn), median(times.plugin)]
    note(`built-in lstm ${a.toFixed(2)} ms, plugin's ${b.toFixed(2)} ms a step`)
    const ratio = Number((b / a).toFixed(3))
    return {
      measured: { builtInMs: Number(a.toFixed(2)), pluginMs: Number(b.toFixed(2)), ratio },
      pass: ratio <= LIMIT,
    }
  },
}

async function makeStep(cell: (inputSize: number, hidden: number) => Cell): Promise<TrainStep> {
  const { vocabulary: vocabularySize, hidden, batch, time } = SIZES
  const cells = [cell(hidden, hidden), cell(hidden, hidden)]
  const model = languageModel({ vocabularySize, embedding: hidden, cells, initialScale: 0.1 })
  const objective = languageModelObjective(model, { batch, time })
  const optimizer = sgd({ rate: 1, clip: 5 })
  const parameters = objective.init(random.key(1))
  const state = { parameters, optimizer: optimizer.init(parameters), carried: objective.initialState() }
  return createTrainStep(onnxRuntimeBackend({ threads: 1 }), objective, optimizer, state)
}

/** Milliseconds of each of a number of steps on the same random window; the first, which warms up again, is left out. */
async function timeSteps(step: TrainStep, count: number): Promise<number[]> {
  const { vocabulary, batch, time } = SIZES
  const draw = (seed: number) =>
    ndArray(
      'int32',
      [time, batch],
      Int32Array.from(random.uniform(random.key(seed), time * batch, 'float64'), u =>
        Math.floor(u * vocabulary),
      ),
    )
  const window = { input: draw(2), target: draw(3) }
  const times: number[] = []
  for (let number = 0; number <= count; number++) {
    const start = performance.now()
    await step.run([{ arrays: window, tokens: time * batch, startsEpoch: false }], {
      key: random.key(number),
      step: number,
      rate: 0.1,
    })
    times.push(performance.now() - start)
  }
  return times.slice(1)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
