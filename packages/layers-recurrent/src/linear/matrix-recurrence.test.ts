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
import { type MatrixRecurrence, matrixRecurrence, type RecurrenceForm } from '../index.ts'
import { unitLowerInverse } from './unit-lower-inverse.ts'

const FORMS: readonly RecurrenceForm[] = ['sequential', 'scan', 'chunked']
const [BATCH, HEADS, KEY, VALUE] = [2, 2, 3, 4]
type Float = 'float32' | 'float64'
type Arrays = { readonly [Name in keyof MatrixRecurrence]?: NdArray }
type Given = Required<Pick<Arrays, 'queries' | 'keys' | 'values' | 'logDecay' | 'initial'>> & Arrays

function drawn(shape: readonly number[], seed: number, dtype: Float, from = -1, to = 1): NdArray {
  const size = shape.reduce((a, b) => a * b, 1)
  const data = random.uniform(random.foldIn(random.key(12), seed), size, dtype)
  return ndArray(dtype, shape, data.map(u => from + u * (to - from)) as Float32Array)
}

function given(time: number, dtype: Float, delta: boolean): Given {
  const head = [time, BATCH, HEADS]
  const logDecay = drawn(head, 4, dtype, -2, 0)
  for (let i = 0; i < logDecay.data.length; i += 7) logDecay.data[i] = [0, -80, -1000][(i / 7) % 3]!
  return {
    queries: drawn([...head, KEY], 1, dtype),
    keys: drawn([...head, KEY], 2, dtype, -0.8, 0.8),
    values: drawn([...head, VALUE], 3, dtype),
    logDecay,
    initial: drawn([BATCH, HEADS, KEY, VALUE], 5, dtype),
    ...(delta && { strength: drawn(head, 6, dtype, 0, 1) }),
  }
}

function marks(time: number): { reset: NdArray; mask: NdArray } {
  const bits = (seed: number, share: number) => {
    const data = [...drawn([time, BATCH], seed, 'float64', 0).data].map(u => (Number(u) < share ? 1 : 0))
    return ndArray('bool', [time, BATCH], Uint8Array.from(data))
  }
  return { reset: bits(7, 0.15), mask: bits(8, 0.8) }
}

type Marks = { readonly reset?: NdArray; readonly mask?: NdArray }

/** Marks as constants of the function being traced. */
function traced(marked: Marks, by: Tensor): { [mark: string]: Tensor } {
  return Object.fromEntries(Object.entries(marked).map(([name, array]) => [name, by.scope.constant(array)]))
}

/** The definition, on numbers, one row and head at a time. */
function byHand(x: Given, { reset, mask }: { reset?: NdArray; mask?: NdArray }) {
  const time = x.queries.shape[0]!
  const outputs = new Float64Array(time * BATCH * HEADS * VALUE)
  const final = Float64Array.from(x.initial.data, Number)
  for (let row = 0; row < BATCH; row++)
    for (let head = 0; head < HEADS; head++) {
      const at = (row * HEADS + head) * KEY * VALUE
      const memory = final.subarray(at, at + KEY * VALUE)
      for (let t = 0; t < time; t++) {
        const lead = (t * BATCH + row) * HEADS + head
        const key = Array.from(x.keys.data.slice(lead * KEY, (lead + 1) * KEY), Number)
        const query = Array.from(x.queries.data.slice(lead * KEY, (lead + 1) * KEY), Number)
        if (reset?.data[t * BATCH + row]) memory.fill(0)
        const real = mask?.data[t * BATCH + row] !== 0
        for (let v = 0; v < VALUE; v++) {
          const column = (k: number) => k * VALUE + v
          if (real) {
            const kept = Math.exp(Number(x.logDecay.data[lead]))
            key.forEach((_, k) => {
              memory[column(k)]! *= kept
            })
            let written = Number(x.values.data[lead * VALUE + v])
            if (x.strength !== undefined) {
              const known = key.reduce((total, value, k) => total + value * memory[column(k)]!, 0)
              written = Number(x.strength.data[lead]) * (written - known)
            }
            key.forEach((value, k) => {
              memory[column(k)]! += value * written
            })
          }
          outputs[lead * VALUE + v] = query.reduce((total, value, k) => total + value * memory[column(k)]!, 0)
        }
      }
    }
  return { outputs, final }
}

function run(all: Given, form: RecurrenceForm | 'auto', marked: Marks, chunk?: number) {
  const f = (x: Traced<Given>) => matrixRecurrence({ ...x, ...traced(marked, x.keys) }, { form, chunk })
  return evaluate(f as never, all) as unknown as { outputs: NdArray; final: NdArray }
}

function gradients(all: Given, form: RecurrenceForm, marked: Marks, chunk?: number): NdArray[] {
  const loss = (x: Traced<Given>): Tensor => {
    const read = matrixRecurrence({ ...x, ...traced(marked, x.keys) }, { form, chunk })
    const parts = [read.outputs, read.final]
    return parts
      .map((part, i) => sum(mul(mul(part, part), drawn(part.shape, 30 + i, part.dtype as Float))))
      .reduce((a, b) => add(a, b))
  }
  return leavesOf<NdArray>(evaluate(valueAndGrad(loss) as never, all), isNdArray)
}

describe.each([
  ['float64', 1e-9],
  ['float32', 1e-4],
] as const)('in %s within %d', (dtype, tolerance) => {
  describe.each([
    ['sums', false],
    ['the delta rule', true],
  ] as const)('%s', (_, delta) => {
    test.each([1, 2, 5, 16, 37, 70])('all forms give what the definition gives over %d steps', time => {
      const all = given(time, dtype, delta)
      for (const marked of [{}, marks(time)]) {
        const expected = byHand(all, marked)
        for (const form of [...FORMS, 'auto'] as const) {
          const { outputs, final } = run(all, form, marked)
          expectClose([...outputs.data].map(Number), [...expected.outputs], tolerance)
          expectClose([...final.data].map(Number), [...expected.final], tolerance)
        }
      }
    })

    test.each([1, 5, 37])('all forms have the gradients of the loop over %d steps', time => {
      const all = given(time, dtype, delta)
      for (const marked of [{}, marks(time)]) {
        const expected = gradients(all, 'sequential', marked)
        for (const [form, chunk] of [['scan'], ['chunked'], ['chunked', 8]] as const)
          gradients(all, form, marked, chunk).forEach((array, i) => {
            expectClose(array, expected[i]!, tolerance)
          })
      }
    })
  })
})

test.each(FORMS)('%s: gradients equal finite differences, with and without the delta rule', form => {
  const marked = marks(6)
  for (const delta of [false, true]) {
    const all = given(6, 'float64', delta)
    const names = Object.keys(all)
    const f = (...tensors: Tensor[]) => {
      const access = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))
      return matrixRecurrence({ ...access, ...traced(marked, tensors[0]!) } as never, { form, chunk: 4 })
    }
    checkGradients(f as never, Object.values(all))
  }
})

test('the delta rule in chunks is exact in float32 where all keys are the same', () => {
  const time = 64
  const all = {
    ...given(time, 'float32', true),
    logDecay: drawn([time, BATCH, HEADS], 9, 'float32', -0.01, 0),
  }
  for (const [array, value] of [
    [all.keys, 1 / Math.sqrt(KEY)],
    [all.strength!, 1],
  ] as const)
    array.data.set(array.data.map(() => value as never) as never)
  const expected = byHand(all, {})
  const { outputs } = run(all, 'chunked', {}, 64)
  expectClose([...outputs.data].map(Number), [...expected.outputs], 1e-5)
})

test('the inverse of a full triangle of ones is exact to rounding at size 64 in float32', () => {
  const size = 64
  const ones = ndArray('float32', [size, size], new Float32Array(size * size).fill(1))
  const inverse = evaluate((a: Tensor) => unitLowerInverse(a), ones) as NdArray
  // I + L of ones has 1 on the diagonal and −1 below it as its inverse.
  const expected = Array.from({ length: size * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size), i % size]
    return row === column ? 1 : row === column + 1 ? -1 : 0
  })
  expectClose([...inverse.data].map(Number), expected, 1e-6)
})

test.each(FORMS)('%s: two windows with the memory carried are one long window', form => {
  const all = given(20, 'float64', true)
  const part = (x: NdArray, from: number, to: number): NdArray => {
    const row = x.data.length / x.shape[0]!
    return {
      ...x,
      shape: x.shape.with(0, to - from),
      data: x.data.slice(from * row, to * row) as Float64Array,
    }
  }
  const window = (from: number, to: number, initial: NdArray): Given => {
    const cut = Object.entries(all).map(([name, x]) => [
      name,
      name === 'initial' ? initial : part(x, from, to),
    ])
    return Object.fromEntries(cut) as Given
  }
  const whole = run(all, form, {})
  const first = run(window(0, 9, all.initial), form, {})
  const second = run(window(9, 20, first.final), form, {})
  expectClose(second.outputs, part(whole.outputs, 9, 20), 1e-10)
  expectClose(second.final, whole.final, 1e-10)
  expect(second.final.shape).toEqual([BATCH, HEADS, KEY, VALUE])
})
