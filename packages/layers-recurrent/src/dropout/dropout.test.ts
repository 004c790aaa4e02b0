import {
  type Cell,
  evaluate,
  type LayerContext,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sizeOf,
  sum,
  type Tensor,
  type Traced,
  toNumbers,
  trace,
  valueAndGrad,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import {
  candidateDropout,
  elmanTanh,
  embeddingRowDropout,
  gru,
  gruResetBefore,
  lockedDropout,
  lstm,
  lstmProjection,
  type SequenceDropout,
  stepDropout,
  unroll,
  variationalDropout,
  weightDrop,
  zoneout,
} from '../index.ts'

const [TIME, BATCH, INPUT, HIDDEN] = [4, 3, 2, 5]
const sizes = { inputSize: INPUT, hidden: HIDDEN }
const keyArray = (seed: number): NdArray => ndArray('int32', [2], Int32Array.from(random.key(seed)))

function sample(shape: readonly number[], seed: number): NdArray {
  return ndArray('float64', shape, random.normal(random.key(seed), sizeOf(shape), 'float64'))
}

const xs = sample([TIME, BATCH, INPUT], 1)

/** Outputs (time, batch, hidden) and final state of a cell, in training with a seed or in evaluation. */
function run(
  cell: unknown,
  seed?: number,
  sequence = xs,
): { outputs: NdArray; finalState: Record<string, NdArray> } {
  const any = cell as Cell
  const walk = (parameters: Traced<Parameters>, x: Tensor, key: Tensor) => {
    const context: LayerContext = seed === undefined ? { mode: 'evaluate' } : { mode: 'train', key }
    return unroll(any, parameters as never, x, undefined, { context })
  }
  return evaluate(
    walk as never,
    any.init(random.key(2), 'float64') as never,
    sequence as never,
    keyArray(seed ?? 0) as never,
  ) as never
}

/** The part of `array` at step `t`. */
function at(array: NdArray, t: number): number[] {
  const size = sizeOf(array.shape.slice(1))
  return toNumbers(array).slice(t * size, (t + 1) * size)
}

function applied(kind: SequenceDropout, array: NdArray, context: 'train' | 'evaluate', seed = 3): NdArray {
  return evaluate((x: Tensor, key: Tensor) => kind(x, { mode: context, key }), array, keyArray(seed))
}

const ones = ndArray('float64', [TIME, BATCH, 40], new Float64Array(TIME * BATCH * 40).fill(1))
const table = ndArray('float64', [30, 4], new Float64Array(120).fill(1))

describe('on sequences', () => {
  test('a step mask is new at each time step and keeps the mean', () => {
    const dropped = applied(stepDropout(0.25), ones, 'train')
    expect(at(dropped, 0)).not.toEqual(at(dropped, 1))
    expect(new Set(toNumbers(dropped))).toEqual(new Set([0, Math.fround(1 / 0.75)]))
    const total = toNumbers(dropped).reduce((a, b) => a + b) / toNumbers(dropped).length
    expect(Math.abs(total - 1)).toBeLessThan(0.1)
  })

  test('a locked mask is constant over time and differs between rows', () => {
    const dropped = applied(lockedDropout(0.5), ones, 'train')
    for (let t = 1; t < TIME; t++) expect(at(dropped, t)).toEqual(at(dropped, 0))
    const first = at(dropped, 0)
    expect(first.slice(0, 40)).not.toEqual(first.slice(40, 80))
    expect(new Set(first)).toEqual(new Set([0, 2]))
  })

  test('an embedding row is dropped as a whole', () => {
    const dropped = applied(embeddingRowDropout(0.5), table, 'train')
    const rows = Array.from({ length: 30 }, (_, row) => [...new Set(at(dropped, row))])
    expect(rows.every(values => values.length === 1)).toBe(true)
    expect(new Set(rows.flat())).toEqual(new Set([0, 2]))
  })

  test.each([
    ['stepDropout', stepDropout(0.5), ones],
    ['lockedDropout', lockedDropout(0.5), ones],
    ['embeddingRowDropout', embeddingRowDropout(0.5), table],
  ])('%s does nothing in evaluation, and repeats with its key', (_, kind, input) => {
    expect(toNumbers(applied(kind, input, 'evaluate'))).toEqual(toNumbers(input))
    expect(toNumbers(applied(kind, input, 'train'))).toEqual(toNumbers(applied(kind, input, 'train')))
    expect(toNumbers(applied(kind, input, 'train', 4))).not.toEqual(toNumbers(applied(kind, input, 'train')))
  })
})

const wrapped: readonly [string, unknown, unknown][] = [
  ['weightDrop(lstm)', weightDrop(lstm(sizes), 0.5), lstm(sizes)],
  ['weightDrop(gru)', weightDrop(gru(sizes), 0.5), gru(sizes)],
  ['variationalDropout(lstm)', variationalDropout(lstm(sizes), { input: 0.3, recurrent: 0.3 }), lstm(sizes)],
  [
    'variationalDropout(gruResetBefore, per gate)',
    variationalDropout(gruResetBefore(sizes), { input: 0.3, recurrent: 0.3, masks: 'per-gate' }),
    gruResetBefore(sizes),
  ],
  ['candidateDropout(lstm)', candidateDropout(lstm(sizes), { rate: 0.3 }), lstm(sizes)],
  [
    'candidateDropout(gru, locked)',
    candidateDropout(gru(sizes), { rate: 0.3, overTime: 'locked' }),
    gru(sizes),
  ],
  [
    'candidateDropout(variationalDropout(weightDrop(lstmProjection)))',
    candidateDropout(
      variationalDropout(weightDrop(lstmProjection({ ...sizes, projection: 3 }), 0.4) as never, {
        recurrent: 0.4,
      }),
      { rate: 0.4 },
    ),
    lstmProjection({ ...sizes, projection: 3 }),
  ],
]

describe.each(wrapped)('%s', (_, cell, plain) => {
  test('is the plain cell in evaluation', () => {
    expect(toNumbers(run(cell).outputs)).toEqual(toNumbers(run(plain).outputs))
  })

  test('differs in training, by key, and repeats with the same key', () => {
    const first = toNumbers(run(cell, 3).outputs)
    expect(first).not.toEqual(toNumbers(run(plain).outputs))
    expect(first).not.toEqual(toNumbers(run(cell, 4).outputs))
    expect(first).toEqual(toNumbers(run(cell, 3).outputs))
  })

  test('draws its masks outside the loop', () => {
    const any = cell as Cell
    const { graph } = trace(
      ((parameters: Traced<Parameters>, x: Tensor, key: Tensor) =>
        unroll(any, parameters as never, x, undefined, { context: { mode: 'train', key } }).outputs) as never,
      any.init(random.key(2), 'float64') as never,
      xs as never,
      keyArray(1) as never,
    )
    const loops = graph.nodes.filter(node => node.primitive === 'scan')
    expect(loops).toHaveLength(1)
    const body = (loops[0]!.attributes as { body: typeof graph }).body
    expect(body.nodes.map(node => node.primitive)).not.toContain('bernoulliMask')
    expect(graph.nodes.map(node => node.primitive)).toContain('bernoulliMask')
  })
})

test.each([
  ['lstm', lstm(sizes), weightDrop(lstm(sizes), 0.5)],
  ['gru', gru(sizes), weightDrop(gru(sizes), 0.5)],
])('weight drop leaves step one of %s unchanged and changes step two', (_, plain, dropped) => {
  const [whole, without] = [run(plain).outputs, run(dropped, 5).outputs]
  expect(at(without, 0)).toEqual(at(whole, 0))
  expect(at(without, 1)).not.toEqual(at(whole, 1))
})

test('weight drop hands the gradient to the raw weight, zero where the element is dropped', () => {
  const cell = weightDrop(lstm(sizes), 0.5)
  const loss = (parameters: Traced<ReturnType<typeof cell.init>>, x: Tensor, key: Tensor) =>
    sum(unroll(cell, parameters, x, undefined, { context: { mode: 'train', key } }).outputs)
  const parameters = cell.init(random.key(2), 'float64')
  const [, gradient] = evaluate(
    valueAndGrad(loss) as never,
    parameters as never,
    xs as never,
    keyArray(5) as never,
  ) as unknown as [NdArray, typeof parameters]
  expect(gradient.recurrent.shape).toEqual(parameters.recurrent.shape)
  const zeros = toNumbers(gradient.recurrent).filter(x => x === 0).length
  expect(zeros).toBeGreaterThan(30) // about half of 100
  expect(zeros).toBeLessThan(70)
})

test('a tied variational mask silences the same units of h at every step and in every gate', () => {
  // With one unit of h left out, the result is that of a weight with that unit's row set to zero.
  const cell = variationalDropout(elmanTanh({ inputSize: INPUT, hidden: 1 }), { recurrent: 0.5 })
  const outputs = run(cell, 1).outputs
  const parameters = cell.init(random.key(2), 'float64')
  const [w, u, b] = [
    toNumbers(parameters.input),
    toNumbers(parameters.recurrent)[0]!,
    toNumbers(parameters.bias)[0]!,
  ]
  const data = toNumbers(xs)
  for (let row = 0; row < BATCH; row++) {
    const fits = [0, 2].some(scale => {
      let h = 0
      return Array.from({ length: TIME }, (_, t) => t).every(t => {
        const from = (t * BATCH + row) * INPUT
        h = Math.tanh(data[from]! * w[0]! + data[from + 1]! * w[1]! + b + scale * h * u)
        return Math.abs(h - at(outputs, t)[row]!) < 1e-12
      })
    })
    expect(fits).toBe(true)
  }
})

/** One step of a cell with one unit on the host; `scales` multiplies h on its way into each gate. */
type HostStep = (gates: { x: number[]; u: number[] }, state: number[], scales: number[]) => number[]
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const hostLstm: HostStep = ({ x, u }, [h, c], scales) => {
  const [i, f, g, o] = x.map((value, k) => value + scales[k]! * h! * u[k]!) as [
    number,
    number,
    number,
    number,
  ]
  const cell = sigmoid(f) * c! + sigmoid(i) * Math.tanh(g)
  return [sigmoid(o) * Math.tanh(cell), cell]
}
const hostGru: HostStep = ({ x, u }, [h], scales) => {
  const r = sigmoid(x[0]! + scales[0]! * h! * u[0]!)
  const z = sigmoid(x[1]! + scales[1]! * h! * u[1]!)
  return [z * h! + (1 - z) * Math.tanh(x[2]! + scales[2]! * r * h! * u[2]!)]
}

test.each([
  ['lstm', lstm({ inputSize: INPUT, hidden: 1 }), hostLstm, [1, 1, 1]],
  // Two fits where n's mask is zero: r then has no effect, and either of its masks fits.
  ['gruResetBefore', gruResetBefore({ inputSize: INPUT, hidden: 1 }), hostGru, [2, 1, 2]],
] as const)(
  'per-gate variational masks of %s differ between gates and stay over time',
  (_, plain, host, counts) => {
    const cell = variationalDropout(plain as never, { recurrent: 0.5, masks: 'per-gate' }) as Cell
    const { outputs } = run(cell, 3)
    const parameters = plain.init(random.key(2), 'float64')
    const [w, u, b] = [parameters.input, parameters.recurrent, parameters.bias].map(toNumbers) as [
      number[],
      number[],
      number[],
    ]
    const data = toNumbers(xs)
    const gates = u.length
    const found = Array.from({ length: BATCH }, (_, row) =>
      Array.from({ length: 2 ** gates }, (_, bits) => u.map((_, k) => 2 * ((bits >> k) & 1))).filter(
        scales => {
          let state = [0, 0]
          return Array.from({ length: TIME }, (_, t) => t).every(t => {
            const from = (t * BATCH + row) * INPUT
            const x = b.map((bias, k) => bias + data[from]! * w[k]! + data[from + 1]! * w[gates + k]!)
            state = host({ x, u }, state, scales)
            return Math.abs(state[0]! - at(outputs, t)[row]!) < 1e-12
          })
        },
      ),
    )
    expect(found.map(fits => fits.length)).toEqual(counts)
    expect(found.some(([scales]) => new Set(scales).size > 1)).toBe(true)
  },
)

test('a dropped candidate leaves the memory as the forget gate leaves it', () => {
  const cell = candidateDropout(lstm(sizes), { rate: 0.5, overTime: 'locked' })
  const { finalState } = run(cell, 1)
  // From c = 0, a unit whose candidate is dropped at every step stays 0.
  const untouched = toNumbers(finalState.c!).filter(c => c === 0).length
  expect(untouched).toBeGreaterThan(2)
  expect(untouched).toBeLessThan(13)
})

describe('zoneout', () => {
  test('keeps old values in training where the mask says so, others are new', () => {
    const one = ndArray('float64', [1, BATCH, INPUT], xs.data.slice(0, BATCH * INPUT))
    const plain = toNumbers(run(lstm(sizes), undefined, one).finalState.c!)
    const zoned = toNumbers(run(zoneout(lstm(sizes), { c: 0.5 }), 1, one).finalState.c!)
    const kept = zoned.map((c, i) => (c === 0 ? 'old' : c === plain[i] ? 'new' : 'neither'))
    expect(new Set(kept)).toEqual(new Set(['old', 'new']))
  })

  test('has an output that follows the zoned-out state', () => {
    const { outputs, finalState } = run(zoneout(lstm(sizes), 0.5), 1)
    expect(at(outputs, TIME - 1)).toEqual(toNumbers(finalState.h!))
  })

  test('is in evaluation the expectation of training', () => {
    const one = ndArray('float64', [1, BATCH, INPUT], xs.data.slice(0, BATCH * INPUT))
    const cell = zoneout(lstm(sizes), { h: 0.2, c: 0.4 })
    const expected = run(cell, undefined, one).finalState
    const draws = Array.from({ length: 400 }, (_, seed) => run(cell, seed + 10, one).finalState)
    for (const part of ['h', 'c']) {
      const mean = toNumbers(expected[part]!).map(
        (_, i) => draws.reduce((total, draw) => total + toNumbers(draw[part]!)[i]!, 0) / draws.length,
      )
      expectClose(mean, toNumbers(expected[part]!), 0.05)
    }
    const plain = run(lstm(sizes), undefined, one).finalState
    expectClose(
      toNumbers(expected.c!),
      toNumbers(plain.c!).map(c => 0.6 * c),
      1e-12,
    )
  })
})

describe('what cannot be is refused', () => {
  test('a rate of 1', () => {
    expect(() => weightDrop(lstm(sizes), 1)).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: DROPOUT_RATE_INVALID  "weightDrop" was given rate 1
        expected a probability of dropping from 0 up to, without, 1]
    `)
  })

  test('training without a key', () => {
    const drop = lockedDropout(0.5)
    expect(() =>
      evaluate((x: Tensor) => drop(x, { mode: 'train' }), ones),
    ).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: DROPOUT_KEY_MISSING  "lockedDropout" draws a mask in training, but the call has no key
        pass { mode: 'train', key } with a key of this step, or mode: 'evaluate']
    `)
  })

  test('dropout inside the step of a cell that takes no noise', () => {
    const { gates: _, ...foreign } = lstm(sizes)
    expect(() =>
      variationalDropout(foreign as never, { recurrent: 0.5 }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: CELL_TAKES_NO_NOISE  "variationalDropout" acts inside a cell's step, and this cell's step takes no noise
        expected a cell with "gates", whose step takes a fourth argument (GatedCell)
        zoneout, weightDrop and the dropouts on sequences work with any cell]
    `)
  })

  test('candidate dropout of a cell without memory', () => {
    expect(() => candidateDropout(elmanTanh(sizes), { rate: 0.5 })).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: CELL_HAS_NO_CANDIDATE  "candidateDropout" drops what a cell adds to its memory, and this cell has no memory apart from h
        use variationalDropout with a recurrent rate]
    `)
  })

  test('weight drop of a cell that does not name its weights', () => {
    const { recurrentWeights: _, ...foreign } = lstm(sizes)
    expect(() => weightDrop(foreign, 0.5)).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: CELL_HAS_NO_RECURRENT_WEIGHTS  "weightDrop" does not know which weights of this cell to drop
        give the cell recurrentWeights: ['name'], or name them in the call]
    `)
  })

  test('two dropouts at one place', () => {
    const once = variationalDropout(lstm(sizes), { recurrent: 0.5 })
    const twice = variationalDropout(once, { recurrent: 0.5 })
    expect(() => run(twice, 1)).toThrowErrorMatchingInlineSnapshot(`
      [ElmanError: DROPOUT_TWICE  two dropouts of one cell act at the same place: recurrent
        wrap the cell once, with the rate you mean]
    `)
  })
})
