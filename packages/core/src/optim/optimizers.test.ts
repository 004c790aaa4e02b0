import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Parameters, TensorParameters } from '../nn/layer.ts'
import { ndArray } from '../tensor/nd-array.ts'
import { expectClose, type GoldenArray } from '../testing/expect-close.ts'
import { evaluate } from '../transform/trace.ts'
import { clipByGlobalNorm, clipByValue } from './clipping.ts'
import type { Optimizer } from './optimizer.ts'
import { adagrad } from './rules/adagrad.ts'
import { adam } from './rules/adam.ts'
import { adamW } from './rules/adamw.ts'
import { asgd } from './rules/asgd.ts'
import { momentum } from './rules/momentum.ts'
import { nesterov } from './rules/nesterov.ts'
import { rmsprop } from './rules/rmsprop.ts'
import { sgd } from './rules/sgd.ts'

/** 50 updates of torch.optim in float64; see the file's `reading`. */
interface Goldens {
  readonly function: { readonly start: GoldenArray }
  readonly steps: number
  readonly optimizers: readonly {
    readonly name: string
    readonly class: string
    // biome-ignore lint/suspicious/noExplicitAny: each class has its own options
    readonly options: any
    readonly gradients: readonly (readonly number[])[]
    readonly parameters: { readonly [updates: string]: readonly number[] }
    readonly averages?: { readonly [updates: string]: readonly number[] }
  }[]
  readonly clipping: readonly {
    readonly name: string
    readonly kind: 'norm' | 'value'
    readonly limit: number
    readonly gradients: { readonly [name: string]: GoldenArray }
    readonly totalNorm?: number
    readonly clipped: { readonly [name: string]: GoldenArray }
  }[]
}

const goldens: Goldens = JSON.parse(
  readFileSync(new URL('./fixtures/optimizers.json', import.meta.url), 'utf8'),
)

function float64({ shape, data }: GoldenArray) {
  return ndArray('float64', shape, Float64Array.from(data))
}

function optimizerOf({ class: name, options }: Goldens['optimizers'][number]): Optimizer {
  const common = { rate: options.lr, weightDecay: options.weight_decay }
  const adamOptions = { ...common, betas: options.betas, epsilon: options.eps, amsgrad: options.amsgrad }
  switch (name) {
    case 'SGD':
      if (options.nesterov) return nesterov({ ...common, momentum: options.momentum })
      if (options.momentum === 0) return sgd(common)
      return momentum({ ...common, momentum: options.momentum, dampening: options.dampening })
    case 'RMSprop':
      return rmsprop({
        ...common,
        smoothing: options.alpha,
        epsilon: options.eps,
        centered: options.centered,
        momentum: options.momentum,
      })
    case 'Adagrad':
      return adagrad({
        ...common,
        rateDecay: options.lr_decay,
        epsilon: options.eps,
        initialSum: options.initial_accumulator_value,
      })
    case 'Adam':
      return adam(adamOptions)
    case 'AdamW':
      return adamW(adamOptions)
    case 'ASGD':
      return asgd({ ...common, lambda: options.lambd, power: options.alpha, averageFrom: options.t0 })
    default:
      throw new Error(`the goldens have no class ${name}`)
  }
}

/** One update, run by the reference interpreter. */
function updateOnce(
  optimizer: Optimizer,
  parameters: Parameters,
  gradients: Parameters,
  state: Parameters,
  step: number,
  dtype: 'float32' | 'float64' = 'float64',
): { parameters: Parameters; state: Parameters } {
  const rate = dtype === 'float64' ? Float64Array.of(optimizer.rate) : Float32Array.of(optimizer.rate)
  return evaluate((input: never) => optimizer.update(input) as never, {
    parameters,
    gradients,
    state,
    rate: ndArray(dtype, [], rate),
    step: ndArray('int32', [], Int32Array.of(step)),
  }) as never
}

describe('50 updates equal those of PyTorch', () => {
  test.each(goldens.optimizers)('$name', golden => {
    const optimizer = optimizerOf(golden)
    let parameters: Parameters = { inner: { w: float64(goldens.function.start) } }
    let state = optimizer.init(parameters)
    let checked = 0
    for (let step = 0; step < goldens.steps; step++) {
      const gradients = { inner: { w: float64({ shape: [6], data: golden.gradients[step]! }) } }
      ;({ parameters, state } = updateOnce(optimizer, parameters, gradients, state, step))
      const expected = golden.parameters[step + 1]
      if (expected === undefined) continue
      checked++
      expectClose((parameters as never as { inner: { w: never } }).inner.w, expected, 1e-10)
      if (golden.averages === undefined) continue
      const averages = optimizer.evaluationParameters!(parameters, state)
      expectClose((averages as never as { inner: { w: never } }).inner.w, golden.averages[step + 1]!, 1e-10)
    }
    expect(checked).toBe(Object.keys(golden.parameters).length)
  })
})

test('the update of Adam stays exact to float32 at the first step, where 1 - beta loses digits', () => {
  const optimizer = adam({ rate: 0.5, betas: [0.9, 0.9999] })
  const parameters = { w: ndArray('float32', [1], Float32Array.of(0)) }
  const gradients = { w: ndArray('float32', [1], Float32Array.of(3)) }
  const after = updateOnce(optimizer, parameters, gradients, optimizer.init(parameters), 0, 'float32')
  expectClose(after.parameters.w as never, [-0.5], 2e-6)
})

describe('clipping equals that of PyTorch', () => {
  test.each(goldens.clipping)('$name', golden => {
    const gradients = Object.fromEntries(
      Object.entries(golden.gradients).map(([name, array]) => [name, float64(array)]),
    )
    const clip = (tree: TensorParameters) =>
      golden.kind === 'norm'
        ? clipByGlobalNorm(tree, golden.limit)
        : { gradients: clipByValue(tree, golden.limit) }
    const result = evaluate(clip as never, gradients) as { gradients: Parameters; norm?: never }
    for (const [name, expected] of Object.entries(golden.clipped))
      expectClose(result.gradients[name] as never, expected, 1e-10)
    if (golden.totalNorm !== undefined)
      expectClose(result.norm!, { shape: [], data: [golden.totalNorm] }, 1e-10)
  })
})
