import {
  add,
  evaluate,
  isNdArray,
  leavesOf,
  mul,
  type NdArray,
  ndArray,
  random,
  sum,
  type Tensor,
  type Traced,
  valueAndGrad,
} from '@elman/core'
import { checkGradients, expectClose } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import { elementRecurrence, logRecurrence, type RecurrenceForm, type RecurrenceStates } from '../index.ts'
import { linearAlgebra } from './algebra.ts'
import { chunkLength, elementForm, matrixForm } from './form.ts'
import { recurrence } from './recurrence.ts'

const FORMS: readonly RecurrenceForm[] = ['sequential', 'scan', 'chunked']
type Float = 'float32' | 'float64'
type Inputs = { readonly decay: NdArray; readonly input: NdArray; readonly initial: NdArray }
type Marks = { readonly reset?: NdArray; readonly mask?: NdArray }

/** Marks as constants of the function being traced. */
function traced(marked: Marks, by: Tensor): { [mark: string]: Tensor } {
  return Object.fromEntries(Object.entries(marked).map(([name, array]) => [name, by.scope.constant(array)]))
}

function drawn(shape: readonly number[], seed: number, dtype: Float, from = 0, to = 1): NdArray {
  const size = shape.reduce((a, b) => a * b, 1)
  const data = random.uniform(random.foldIn(random.key(11), seed), size, dtype)
  return ndArray(dtype, shape, data.map(u => from + u * (to - from)) as Float32Array)
}

/** Decays from 0 to 1 with exact zeros, ones and numbers whose products underflow among them. */
function inputs(time: number, dtype: Float): Inputs {
  const decay = drawn([time, 2, 3], 1, dtype)
  const special = [0, 1, 1e-30, -0.5]
  for (let i = 0; i < decay.data.length; i += 5) decay.data[i] = special[(i / 5) % 4]!
  return { decay, input: drawn([time, 2, 3], 2, dtype, -1), initial: drawn([2, 3], 3, dtype, -1) }
}

function marks(time: number): Required<Marks> {
  const bits = (seed: number, share: number) => {
    const data = [...drawn([time, 2], seed, 'float64').data].map(u => (Number(u) < share ? 1 : 0))
    return ndArray('bool', [time, 2], Uint8Array.from(data))
  }
  return { reset: bits(4, 0.2), mask: bits(5, 0.7) }
}

/** The definition, on numbers. */
function byHand({ decay, input, initial }: Inputs, { reset, mask }: Marks): NdArray {
  const states = new Float64Array(input.data.length)
  let h = Array.from(initial.data, Number)
  for (let t = 0; t < input.shape[0]!; t++) {
    h = h.map((before, i) => {
      const row = t * 2 + Math.floor(i / 3)
      const kept = reset?.data[row] ? 0 : before
      const at = t * 6 + i
      return mask?.data[row] === 0 ? kept : Number(decay.data[at]) * kept + Number(input.data[at])
    })
    states.set(h, t * 6)
  }
  return ndArray('float64', input.shape, states)
}

/** States, final state, and the gradients of a sum of both that weighs every number differently. */
function measured(run: (all: never) => RecurrenceStates, given: unknown): NdArray[] {
  const loss = (all: never): [Tensor, unknown] => {
    const { states, final } = run(all)
    const dtype = states.dtype as Float
    const weighed = [states, final].map((x, i) => sum(mul(mul(x, x), drawn(x.shape, 20 + i, dtype))))
    return [add(weighed[0]!, weighed[1]!), { states, final }]
  }
  return leavesOf<NdArray>(evaluate(valueAndGrad(loss, { hasAux: true }) as never, given as never), isNdArray)
}

const precisions = [
  ['float64', 1e-9],
  ['float32', 1e-4],
] as const

describe.each(precisions)('in %s within %d', (dtype, tolerance) => {
  test.each([1, 2, 3, 7, 16, 35, 64, 131])(
    'all forms give the states of the definition over %d steps',
    time => {
      const given = inputs(time, dtype)
      for (const marked of [{}, marks(time)]) {
        const expected = byHand(given, marked)
        for (const form of [...FORMS, 'auto'] as const) {
          const run = (all: Traced<Inputs>) =>
            elementRecurrence({ ...all, ...traced(marked, all.input) }, { form })
          const { states } = evaluate(run as never, given) as unknown as { states: NdArray }
          expectClose({ ...states, dtype: 'float64' }, expected, tolerance)
        }
      }
    },
  )

  test.each([1, 2, 5, 35, 131])('all forms have the gradients of the loop over %d steps', time => {
    const given = inputs(time, dtype)
    for (const marked of [{}, marks(time)]) {
      const run = (form: RecurrenceForm) =>
        measured(
          ((all: Traced<Inputs>) =>
            elementRecurrence({ ...all, ...traced(marked, all.input) }, { form })) as never,
          given,
        )
      const expected = run('sequential')
      expect(expected).toHaveLength(6) // loss, two results, three gradients
      for (const form of ['scan', 'chunked'] as const)
        run(form).forEach((array, i) => {
          expectClose(array, expected[i]!, tolerance)
        })
    }
  })

  test.each(FORMS)('%s from logarithms gives the states and gradients of the numbers', form => {
    const time = 37
    const logs = {
      logDecay: drawn([time, 2, 3], 1, dtype, -3, 0),
      logInput: drawn([time, 2, 3], 2, dtype, -4, 2),
      initial: drawn([2, 3], 3, dtype, -1), // may be negative
    }
    const exponentials = (x: NdArray) => ({ ...x, data: x.data.map(v => Math.exp(Number(v)) as never) })
    for (const marked of [{}, marks(time)]) {
      const [, states, final] = measured(
        ((all: Traced<typeof logs>) =>
          logRecurrence({ ...all, ...traced(marked, all.logInput) }, { form })) as never,
        logs,
      )
      const plain = {
        decay: exponentials(logs.logDecay),
        input: exponentials(logs.logInput),
        initial: logs.initial,
      }
      const expected = byHand(plain, marked)
      expectClose({ ...states!, dtype: 'float64' }, expected, tolerance)
      expect(final!.shape).toEqual([2, 3])
      const gradient = (f: RecurrenceForm) =>
        measured(
          ((all: Traced<typeof logs>) =>
            logRecurrence({ ...all, ...traced(marked, all.logInput) }, { form: f })) as never,
          logs,
        )
      const loop = gradient('sequential')
      gradient(form).forEach((array, i) => {
        expectClose(array, loop[i]!, tolerance)
      })
    }
  })
})

test.each(FORMS)('%s: gradients equal finite differences', form => {
  const loss = (decay: Tensor, input: Tensor, initial: Tensor) =>
    elementRecurrence({ decay, input, initial, ...traced(marks(9), input) }, { form, chunk: 3 })
  const { decay, input, initial } = inputs(9, 'float64')
  checkGradients(loss as never, [decay, input, initial])
  const logs = (logDecay: Tensor, logInput: Tensor, first: Tensor) =>
    logRecurrence({ logDecay, logInput, initial: first, ...traced(marks(9), logInput) }, { form, chunk: 3 })
  checkGradients(logs as never, [drawn([9, 2, 3], 1, 'float64', -3, 0), input, initial])
})

test.each(FORMS)('%s: two windows with the state carried are one long window', form => {
  const given = inputs(40, 'float64')
  const part = (x: NdArray, from: number, to: number) =>
    ndArray('float64', [to - from, 2, 3], (x.data as Float64Array).slice(from * 6, to * 6))
  const run = (decay: NdArray, input: NdArray, initial: NdArray) =>
    evaluate(((all: never) => elementRecurrence(all, { form })) as never, {
      decay,
      input,
      initial,
    }) as unknown as {
      states: NdArray
      final: NdArray
    }
  const whole = run(given.decay, given.input, given.initial)
  const first = run(part(given.decay, 0, 23), part(given.input, 0, 23), given.initial)
  const second = run(part(given.decay, 23, 40), part(given.input, 23, 40), first.final)
  expectClose(second.states, part(whole.states, 23, 40), 1e-12)
  expectClose(second.final, whole.final, 1e-12)
})

test.each(FORMS)('%s: logarithms carry sums that are beyond float32', form => {
  // e^100 is infinite in float32; what is left of it three steps on is e^10.
  const logs = {
    logDecay: ndArray('float32', [4, 1, 1], Float32Array.of(-1, -30, -30, -30)),
    logInput: ndArray('float32', [4, 1, 1], Float32Array.of(100, 0, 0, 0)),
  }
  const { states } = evaluate(
    ((all: never) => logRecurrence(all, { form, chunk: 2 })) as never,
    logs,
  ) as unknown as {
    states: NdArray
  }
  expect(Number(states.data[3])).toBeCloseTo(Math.exp(10) + 1, 0)
})

test('a decay may be one number for many features', () => {
  const given = { decay: drawn([12, 2, 1], 1, 'float64'), input: drawn([12, 2, 3], 2, 'float64') }
  const run = (form: RecurrenceForm) =>
    leavesOf<NdArray>(
      evaluate(((all: never) => elementRecurrence(all, { form, chunk: 4 })) as never, given),
      isNdArray,
    )
  const expected = run('sequential')
  for (const form of FORMS)
    run(form).forEach((array, i) => {
      expectClose(array, expected[i]!, 1e-12)
    })
})

test('the scan form has a depth that grows with the logarithm of the length, and no loop', () => {
  const count = (time: number) => {
    let nodes: string[] = []
    evaluate(
      (decay: Tensor, input: Tensor, initial: Tensor) => {
        const states = recurrence(linearAlgebra, { factors: decay, terms: input, initial }, 'scan')
        nodes = states.scope.nodes.map(node => node.primitive)
        return states
      },
      ...(Object.values(inputs(time, 'float64')) as [NdArray, NdArray, NdArray]),
    )
    expect(nodes).not.toContain('scan')
    return nodes.length
  }
  const [short, long] = [count(32), count(1024)]
  expect(long - short).toBeLessThan(5 * 25) // five more levels
})

test('a chunk is about as long as there are chunks, and leaves few steps over', () => {
  expect([16, 35, 128, 512, 4096].map(chunkLength)).toMatchInlineSnapshot(`
    [
      2,
      5,
      8,
      16,
      45,
    ]
  `)
})

test('auto takes chunks where sequences are long and steps small, else the loop', () => {
  expect(elementForm(4096, 64)).toBe('chunked')
  expect(elementForm(4096, 2000)).toBe('sequential')
  expect(elementForm(16, 64)).toBe('sequential')
  expect(elementForm(16, 64, 'scan')).toBe('scan')
  expect([1, 2, 4096].map(time => matrixForm(time))).toEqual(['sequential', 'chunked', 'chunked'])
})
