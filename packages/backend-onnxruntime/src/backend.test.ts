import {
  add,
  arrayOf,
  bernoulliMask,
  broadcastTo,
  cast,
  checkpoint,
  compileFunction,
  concat,
  div,
  equal,
  erf,
  evaluate,
  filled,
  foldInTensor,
  isElmanError,
  isNdArray,
  leavesOf,
  less,
  matmul,
  maximum,
  mul,
  type NdArray,
  ndArray,
  neg,
  pow,
  random,
  reshape,
  scan,
  select,
  sigmoid,
  softmaxCrossEntropy,
  split,
  sub,
  sum,
  type Tensor,
  tanh,
  toNumbers,
  valueAndGrad,
} from '@elman/core'
import { expectClose, sampleArray } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import { onnxRuntimeBackend } from './backend.ts'

const backend = onnxRuntimeBackend()

async function compiled(f: (...args: never[]) => unknown, inputs: readonly NdArray[]) {
  const { graph, executable } = await compileFunction(backend, f as never, inputs as never, {
    name: 'tested',
  })
  return { graph, executable }
}

async function run(f: (...args: never[]) => unknown, inputs: readonly NdArray[]): Promise<NdArray[]> {
  const { executable } = await compiled(f, inputs)
  const results = await executable.run(inputs)
  await executable.dispose()
  return results
}

async function expectReference(
  f: (...args: never[]) => unknown,
  inputs: readonly NdArray[],
  tolerance = 1e-5,
) {
  const expected = leavesOf<NdArray>(evaluate(f, ...inputs), isNdArray)
  const results = await run(f, inputs)
  for (let i = 0; i < expected.length; i++) {
    expect(results[i]!.dtype).toBe(expected[i]!.dtype)
    expectClose(results[i]!, expected[i]!, tolerance)
  }
}

async function textOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action()
  } catch (error) {
    if (isElmanError(error)) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

const keyOf = (seed: number): NdArray => ndArray('int32', [2], Int32Array.from(random.key(seed)))

/** Mean cross-entropy of an LSTM over (time, batch, features), written as its equations. */
function lstmLoss(
  parameters: { w: Tensor; u: Tensor; b: Tensor; v: Tensor },
  xs: Tensor,
  labels: Tensor,
): Tensor {
  const [batch, hidden] = [xs.shape[1]!, parameters.u.shape[0]!]
  const zeros = broadcastTo(xs.scope.constant(filled([], 0, xs.dtype)), [batch, hidden])
  const [, hs] = scan(
    ({ h, c }: { h: Tensor; c: Tensor }, x: Tensor) => {
      const gates = add(add(matmul(x, parameters.w), matmul(h, parameters.u)), parameters.b)
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const cell = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)))
      const next = mul(sigmoid(o), tanh(cell))
      return [{ h: next, c: cell }, next]
    },
    { h: zeros, c: zeros },
    xs,
  )
  const logits = matmul(reshape(hs, [-1, hidden]), parameters.v)
  return div(sum(softmaxCrossEntropy(logits, reshape(labels, [-1]))), labels.shape[0]! * labels.shape[1]!)
}

function lstmInputs(dtype: 'float32' | 'float64') {
  const parameters = {
    w: sampleArray([3, 16], 1, dtype),
    u: sampleArray([4, 16], 2, dtype),
    b: sampleArray([16], 3, dtype),
    v: sampleArray([4, 7], 4, dtype),
  }
  const labels = ndArray('int32', [5, 2], Int32Array.of(0, 6, 1, 2, 2, 5, 3, 3, 4, 1))
  return [parameters, sampleArray([5, 2, 3], 5, dtype), labels] as const
}

test('the gradient of an LSTM equals that of the reference backend', async () => {
  for (const [dtype, tolerance] of [
    ['float32', 1e-5],
    ['float64', 1e-12],
  ] as const) {
    const inputs = lstmInputs(dtype)
    const gradient = valueAndGrad(lstmLoss)
    const expected = leavesOf<NdArray>(evaluate(gradient as never, ...inputs), isNdArray)
    const f = await compileFunction(backend, gradient as never, inputs as never)
    const results = leavesOf<NdArray>(
      await (f as unknown as (...args: unknown[]) => unknown)(...inputs),
      isNdArray,
    )
    for (let i = 0; i < expected.length; i++) expectClose(results[i]!, expected[i]!, tolerance)
    await f.dispose()
  }
})

test('gradients on ONNX Runtime equal its own finite differences in float64', async () => {
  const [parameters, xs, labels] = lstmInputs('float64')
  const loss = await compileFunction(backend, lstmLoss as never, [parameters, xs, labels] as never)
  const gradient = await compileFunction(
    backend,
    valueAndGrad(lstmLoss) as never,
    [parameters, xs, labels] as never,
  )
  const call = (f: unknown, p: object) => (f as (...args: unknown[]) => Promise<unknown>)(p, xs, labels)
  const [value, slopes] = (await call(gradient, parameters)) as [NdArray, Record<string, NdArray>]
  expectClose(value, (await call(loss, parameters)) as NdArray, 1e-12)
  for (const [name, array] of Object.entries(parameters)) {
    for (let i = 0; i < array.data.length; i += 5) {
      const valueAt = async (step: number) => {
        const data = Float64Array.from(array.data as Float64Array)
        data[i]! += step
        return toNumbers((await call(loss, { ...parameters, [name]: { ...array, data } })) as NdArray)[0]!
      }
      const numeric = ((await valueAt(1e-5)) - (await valueAt(-1e-5))) / 2e-5
      expect(Math.abs(numeric - toNumbers(slopes[name]!)[i]!)).toBeLessThan(1e-8)
    }
  }
  await loss.dispose()
  await gradient.dispose()
})

describe('dtypes and shapes beside the ordinary', () => {
  test('integers are added, divided and compared as on the reference backend', async () => {
    for (const dtype of ['int32', 'int64'] as const) {
      const a = arrayOf([7, -7, 5, 0], dtype)
      const b = arrayOf([2, 2, -3, 4], dtype)
      const all = (x: Tensor, y: Tensor) => [
        add(x, y),
        sub(x, y),
        mul(x, y),
        div(x, y),
        maximum(x, y),
        neg(x),
        sum(x),
        less(x, y),
        equal(x, y),
        select(less(x, y), x, y),
      ]
      await expectReference(all, [a, b])
    }
  })

  test('bools are chosen, joined and repeated', async () => {
    const [a, b, c] = [arrayOf([1, 0, 1], 'bool'), arrayOf([0, 1, 1], 'bool'), arrayOf([1, 1, 0], 'bool')]
    await expectReference(
      (x: Tensor, y: Tensor, z: Tensor) => [
        select(x, y, z),
        concat([x, y]),
        broadcastTo(x, [2, 3]),
        cast(z, 'int64'),
      ],
      [a, b, c],
    )
  })

  test('empty arrays and scalars go through', async () => {
    await expectReference((x: Tensor) => [add(x, x), sum(x), concat([x, x])], [filled([0, 3], 1)])
    await expectReference((x: Tensor) => [mul(x, x), reshape(x, [1, 1])], [filled([], 3)])
  })

  test('erf in float64 is exact to 1e-14 everywhere, infinities and NaN included', async () => {
    const xs = [
      ...Array.from({ length: 241 }, (_, i) => (i - 120) / 20),
      1e-300,
      -1e300,
      Infinity,
      -Infinity,
      NaN,
    ]
    await expectReference(
      (x: Tensor) => erf(x),
      [ndArray('float64', [xs.length], Float64Array.from(xs))],
      1e-14,
    )
  })

  test('a number that is not one stays so, through maxima and cross-entropies', async () => {
    const bad = ndArray('float32', [2, 2], Float32Array.of(NaN, 1, 2, 3))
    const [top, losses, gradient] = await run(
      (x: Tensor) => {
        const loss = (y: Tensor) => sum(softmaxCrossEntropy(y, x.scope.constant(arrayOf([0, 1], 'int32'))))
        return [maximum(x, 0), valueAndGrad(loss)(x)]
      },
      [bad],
    )
    expect(toNumbers(top!)).toEqual([NaN, 1, 2, 3])
    expect(toNumbers(losses!)).toEqual([NaN])
    expect(toNumbers(gradient!).slice(0, 2)).toEqual([NaN, NaN])
  })
})

describe('random numbers', () => {
  test('have the bits of the host generator, run after run', async () => {
    const f = (key: Tensor) => mul(bernoulliMask(foldInTensor(key, 3), [4, 50], 0.8, 'float32'), 1)
    const { executable } = await compiled(f, [keyOf(1)])
    for (const seed of [1, 2, 1]) {
      const [mask] = await executable.run([keyOf(seed)])
      const expected = random.bernoulliMask(random.foldIn(random.key(seed), 3), 200, 0.8)
      expect(toNumbers(mask!)).toEqual([...expected])
    }
    await executable.dispose()
  })

  test('of overlapping runs do not mix', async () => {
    const { executable } = await compiled(
      (key: Tensor, x: Tensor) => mul(bernoulliMask(key, [64, 64], 0.5, 'float32'), x),
      [keyOf(1), filled([64, 64], 1)],
    )
    const seeds = [1, 2, 3, 4]
    const results = await Promise.all(seeds.map(seed => executable.run([keyOf(seed), filled([64, 64], 1)])))
    seeds.forEach((seed, i) => {
      expect(toNumbers(results[i]![0]!)).toEqual([...random.bernoulliMask(random.key(seed), 4096, 0.5)])
    })
    await executable.dispose()
  })

  test('inside a checkpointed part are the same in both passes', async () => {
    const f = (key: Tensor, x: Tensor) => {
      const part = checkpoint((v: Tensor, k: Tensor) => tanh(mul(v, bernoulliMask(k, [8], 0.5, 'float32'))))
      return valueAndGrad((v: Tensor) => sum(part(v, key)))(x)
    }
    await expectReference(f, [keyOf(5), sampleArray([8], 1, 'float32')])
  })

  test('inside a loop come from keys that are a sequence', async () => {
    const keys = ndArray('int32', [3, 2], Int32Array.from([1, 2, 3].flatMap(seed => random.key(seed))))
    const f = (ks: Tensor, x: Tensor) =>
      scan(
        (h: Tensor, k: Tensor) => {
          const next = tanh(add(mul(h, bernoulliMask(k, [6], 0.5, 'float32')), 0.1))
          return [next, next]
        },
        x,
        ks,
      )
    await expectReference(f, [keys, sampleArray([6], 1, 'float32')])
  })

  test('from a key made of results are refused with a way out', async () => {
    const f = (x: Tensor) => bernoulliMask(cast(x, 'int32'), [3], 0.5, 'float32')
    expect(await textOf(() => run(f, [filled([2], 1)]))).toMatchInlineSnapshot(`
      "ORT_RANDOM_IN_LOOP  a random number depends, by "cast", on something that is only known while the graph runs
        expected keys made from integer inputs of the graph and from constants, outside loops
        draw the numbers for all steps before the loop and pass them as a sequence
        fold step numbers into the key outside: foldInTensor(key, t)"
    `)
  })

  test('from a key that a loop carries are refused with a way out', async () => {
    const f = (key: Tensor, xs: Tensor) =>
      scan(
        (k: Tensor, x: Tensor) => {
          const next = foldInTensor(k, 1)
          return [next, mul(x, bernoulliMask(next, [2], 0.5, 'float32'))]
        },
        key,
        xs,
      )
    expect(await textOf(() => run(f, [keyOf(1), filled([3, 2], 1)]))).toMatchInlineSnapshot(`
      "ORT_RANDOM_IN_LOOP  a random number depends, by "foldIn", on something that is only known while the graph runs
        expected keys made from integer inputs of the graph and from constants, outside loops
        draw the numbers for all steps before the loop and pass them as a sequence
        fold step numbers into the key outside: foldInTensor(key, t)"
    `)
  })
})

describe('running', () => {
  test('leaves results in the arrays given, and refuses those that are inputs too', async () => {
    const x = sampleArray([100, 100], 1, 'float32')
    const { executable } = await compiled((v: Tensor) => [mul(v, 2), sum(v)], [x])
    const into = [filled([100, 100], 0), undefined]
    const results = await executable.run([x], { into })
    expect(results[0]).toBe(into[0])
    expect(toNumbers(results[0]!)[7]).toBe(2 * toNumbers(x)[7]!)
    await expect(executable.run([x], { into: [x] })).rejects.toMatchObject({ code: 'ORT_ALIASED_BUFFERS' })
    await executable.dispose()
    await executable.dispose()
  })

  test('hands out inputs, constants and one value twice as separate arrays', async () => {
    const x = sampleArray([2], 1, 'float32')
    const results = await run(
      (v: Tensor) => {
        const twice = mul(v, 2)
        return [v, twice, twice, v.scope.constant(arrayOf([1, 2])), pow(v, 1)]
      },
      [x],
    )
    expect(results.slice(1, 3).map(toNumbers)).toEqual([1, 2].map(() => toNumbers(x).map(n => n * 2)))
    expect(toNumbers(results[0]!)).toEqual(toNumbers(x))
    expect(new Set([x, ...results].map(({ data }) => data.buffer)).size).toBe(6)
  })

  test('ends the runs that were begun before it disposes', async () => {
    const { executable } = await compiled((x: Tensor) => mul(x, 2), [filled([3], 1)])
    const runs = [1, 2, 3].map(n => executable.run([filled([3], n)]))
    await executable.dispose()
    expect((await Promise.all(runs)).map(([y]) => toNumbers(y!)[0])).toEqual([2, 4, 6])
    await expect(executable.run([filled([3], 1)])).rejects.toMatchObject({ code: 'ORT_SESSION_RELEASED' })
  })

  test('says which primitive failed and why', async () => {
    const f = (table: Tensor, ids: Tensor) => softmaxCrossEntropy(table, ids)
    const message = await textOf(() => run(f, [filled([2, 3], 1), arrayOf([0, 7], 'int32')]))
    expect(message).toMatchInlineSnapshot(`
      "ORT_RUN_FAILED  GatherElements failed inside ONNX Runtime
        found    GatherElements op: Out of range value in index tensor
        in node softmaxCrossEntropy_8 of tested
        an index is out of range: is every id below the vocabulary size?"
    `)
  })

  test('refuses a missing input by name', async () => {
    const { executable } = await compiled(
      (a: Tensor, b: Tensor) => add(a, b),
      [filled([2], 1), filled([2], 1)],
    )
    expect(await textOf(() => executable.run([filled([2], 1)]))).toMatchInlineSnapshot(`
      "ORT_FEED_COUNT  a run needs one array for each input
        expected 2: input.0, input.1
        found    1 arrays
        in tested"
    `)
    await executable.dispose()
  })

  test('500 steps with dropout take no more memory than 50', async () => {
    const f = (key: Tensor, x: Tensor) => [mul(x, bernoulliMask(key, [256, 256], 0.5, 'float32')), sum(x)]
    let [now, next] = [filled([256, 256], 1), filled([256, 256], 1)]
    const { executable } = await compiled(f, [keyOf(1), now])
    const steps = async (count: number) => {
      for (let i = 0; i < count; i++) {
        await executable.run([keyOf(i), now], { into: [next, undefined] })
        ;[now, next] = [next, now]
      }
      return process.memoryUsage().rss
    }
    const before = await steps(50)
    expect((await steps(500)) - before).toBeLessThan(24e6)
    await executable.dispose()
  })

  test('describes the library, the device and the threads', () => {
    expect(onnxRuntimeBackend({ threads: 2 }).describe()).toEqual({
      backend: 'onnxruntime',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      device: 'cpu',
      threads: 2,
    })
  })
})
