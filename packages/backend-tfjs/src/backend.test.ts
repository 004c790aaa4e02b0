import {
  adam,
  add,
  arrayOf,
  BACKEND,
  type Backend,
  bernoulliMask,
  broadcastTo,
  cast,
  checkpoint,
  compileFunction,
  createContainer,
  createTrainStep,
  div,
  evaluate,
  filled,
  gather,
  gatherElements,
  isElmanError,
  isNdArray,
  leavesOf,
  matmul,
  mul,
  type NdArray,
  ndArray,
  type Objective,
  type Optimizer,
  random,
  referenceBackend,
  reshape,
  scan,
  scatterAdd,
  scatterAddElements,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  split,
  sum,
  type Tensor,
  tanh,
  toNumbers,
  trace,
  valueAndGrad,
} from '@elman/core'
import { expectClose, sampleArray } from '@elman/core/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { tfjsBackend } from './backend.ts'
import { backendTfjs } from './plugin.ts'

const DEVICES = ['cpu', 'wasm'] as const
const [VOCABULARY, EMBEDDING, HIDDEN, BATCH, TIME] = [11, 4, 6, 3, 5]

async function textOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action()
  } catch (error) {
    if (isElmanError(error)) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

interface Weights {
  readonly [name: string]: Tensor
}

/** States and outputs of an LSTM over (time, batch, features), written as its equations. */
function lstm({ w, u, b }: Weights, start: { h: Tensor; c: Tensor }, xs: Tensor) {
  return scan(
    ({ h, c }: { h: Tensor; c: Tensor }, x: Tensor) => {
      const gates = add(add(matmul(x, w!), matmul(h, u!)), b!)
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const cell = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)))
      const next = mul(sigmoid(o), tanh(cell))
      return [{ h: next, c: cell }, next]
    },
    start,
    xs,
  )
}

/** A language model: embedding, LSTM with state carried between windows, softmax. */
const languageModel: Objective = {
  batch: {
    input: { dtype: 'int32', shape: [TIME, BATCH] },
    target: { dtype: 'int32', shape: [TIME, BATCH] },
  },
  init: () => ({
    embedding: sampleArray([VOCABULARY, EMBEDDING], 1, 'float32'),
    w: sampleArray([EMBEDDING, 4 * HIDDEN], 2, 'float32'),
    u: sampleArray([HIDDEN, 4 * HIDDEN], 3, 'float32'),
    b: filled([4 * HIDDEN]),
    v: sampleArray([HIDDEN, VOCABULARY], 4, 'float32'),
  }),
  initialState: () => ({ h: filled([BATCH, HIDDEN]), c: filled([BATCH, HIDDEN]) }),
  loss(parameters, carried, { input, target }, { key }) {
    const weights = parameters as unknown as Weights
    const [state, outputs] = lstm(weights, carried as never, gather(weights.embedding!, input!))
    const kept = mul(outputs, bernoulliMask(key!, outputs.shape, 0.8))
    const logits = matmul(reshape(kept, [TIME * BATCH, HIDDEN]), weights.v!)
    const loss = div(sum(softmaxCrossEntropy(logits, reshape(target!, [TIME * BATCH]))), TIME * BATCH)
    return { loss, carried: state as never }
  },
}

const initial = (optimizer: Optimizer) => {
  const parameters = languageModel.init(random.key(1))
  return { parameters, optimizer: optimizer.init(parameters), carried: languageModel.initialState() }
}

/** Losses, norms and parameters of some steps on batches of random words. */
async function train(backend: Backend, optimizer: Optimizer, steps: number) {
  const step = await createTrainStep(backend, languageModel, optimizer, initial(optimizer))
  const words = (seed: number): NdArray => {
    const ids = random.integersBelow(random.foldIn(random.key(5), seed), TIME * BATCH, VOCABULARY)
    return ndArray('int32', [TIME, BATCH], Int32Array.from(ids))
  }
  const losses: number[] = []
  const norms: number[] = []
  for (let at = 0; at < steps; at++) {
    const arrays = { input: words(at % 4), target: words((at % 4) + 1) }
    const batch = { arrays, tokens: TIME * BATCH, startsEpoch: at % 4 === 0 }
    const call = { key: random.foldIn(random.key(9), at), step: at, rate: optimizer.rate }
    const report = await step.run([batch], call)
    losses.push(report.loss)
    norms.push(report.gradientNorm)
  }
  const state = step.state()
  await step.dispose()
  return { losses, norms, leaves: leavesOf<NdArray>(state, isNdArray) }
}

describe.each(DEVICES)('on %s', device => {
  test.each([
    ['SGD with clipping', sgd({ rate: 1, clip: 0.5 })],
    ['Adam', adam({ rate: 0.05 })],
  ] as const)(
    '20 train steps of an LSTM language model equal the reference, with %s',
    async (_, optimizer) => {
      const expected = await train(referenceBackend(), optimizer, 20)
      const found = await train(tfjsBackend({ device }), optimizer, 20)
      expectClose(found.losses, expected.losses, 2e-5)
      expectClose(found.norms, expected.norms, 1e-4)
      found.leaves.forEach((leaf, i) => {
        expectClose(leaf, expected.leaves[i]!, 1e-4)
      })
      expect(expected.losses[16]).toBeLessThan(expected.losses[0]! - 0.1) // the same batch
    },
  )

  test('a run, a failed run and a disposed program leave no tensor behind', async () => {
    const backend = tfjsBackend({ device })
    const f = (x: Tensor, index: Tensor) => {
      const [last, outputs] = scan(
        (h: Tensor, v: Tensor) => {
          const next = checkpoint((u: Tensor) => tanh(add(u, mul(v, arrayOf([1, 2, 3])))))(h)
          return [next, mul(next, bernoulliMask(v.scope.constant(arrayOf([1, 2], 'int32')), [3], 0.5))]
        },
        broadcastTo(x.scope.constant(filled([])), [3]),
        x,
      )
      const [one, two] = split(outputs, [1, 3], 0)
      return [last, last, x, one, sum(gather(two!, index)), arrayOf([1, 2])]
    }
    const inputs = [sampleArray([4, 3], 1, 'float32'), arrayOf([0, 2], 'int32')] as const
    const { graph } = trace(f as never, ...(inputs as readonly NdArray[] as never[]))
    const before = { ...tf.memory() }
    const executable = await backend.compile(graph)
    const compiled = tf.memory().numTensors
    expect(compiled).toBeGreaterThan(before.numTensors)
    for (let i = 0; i < 3; i++) {
      await executable.run(inputs)
      expect(tf.memory().numTensors).toBe(compiled)
    }
    await expect(executable.run([inputs[0], arrayOf([0, 3], 'int32')])).rejects.toThrow('INDEX_OUT_OF_RANGE')
    expect(tf.memory().numTensors).toBe(compiled)
    await executable.dispose()
    await executable.dispose()
    const after = tf.memory()
    expect([after.numTensors, after.numDataBuffers, after.numBytes]).toEqual([
      before.numTensors,
      before.numDataBuffers,
      before.numBytes,
    ])
  })

  test('results are written into the arrays given, others are new, and inputs stay as they are', async () => {
    const inputs = [arrayOf([1, 2]), arrayOf([3, 4])] as const
    const { graph } = trace((x: Tensor, y: Tensor) => [add(x, y), x, reshape(y, [1, 2])], ...inputs)
    const executable = await tfjsBackend({ device }).compile(graph)
    const into = [filled([2]), undefined, filled([1, 2])]
    const results = await executable.run(inputs, { into })
    expect(results[0]).toBe(into[0])
    expect(results[2]).toBe(into[2])
    expect(results.map(toNumbers)).toEqual([
      [4, 6],
      [1, 2],
      [3, 4],
    ])
    expect(results[1]!.data).not.toBe(inputs[0].data)
    results[1]!.data[0] = 7
    results[2]!.data[0] = 7
    expect(inputs.map(toNumbers)).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect((await executable.run(inputs)).map(toNumbers)).toEqual([
      [4, 6],
      [1, 2],
      [3, 4],
    ])
    await executable.dispose()
  })

  test('equal runs give equal bits', async () => {
    const once = await train(tfjsBackend({ device }), sgd({ rate: 1 }), 3)
    const again = await train(tfjsBackend({ device }), sgd({ rate: 1 }), 3)
    expect(again).toEqual(once)
  })
})

test('the gradient of a deep function equals the reference where operands of different shapes meet', async () => {
  const f = valueAndGrad((x: Tensor, bias: Tensor, gain: Tensor) => {
    const scaled = mul(add(matmul(x, x), bias), gain)
    return sum(mul(sigmoid(scaled), broadcastTo(bias, [3, 3])))
  })
  const inputs = [[3, 3], [3], [3, 1]].map((shape, i) => sampleArray(shape, i, 'float32'))
  const expected = leavesOf<NdArray>(evaluate(f as never, ...inputs), isNdArray)
  for (const device of DEVICES) {
    const compiled = await compileFunction(tfjsBackend({ device }), f as never, inputs as never)
    const found = leavesOf<NdArray>(
      await (compiled as unknown as (...args: unknown[]) => unknown)(...inputs),
      isNdArray,
    )
    found.forEach((array, i) => {
      expectClose(array, expected[i]!, 1e-5)
    })
    await compiled.dispose()
  }
})

test('two devices work in turn, at once, and beside somebody else who uses TensorFlow.js', async () => {
  const x = arrayOf([1, 2])
  const { graph } = trace((v: Tensor) => mul(v, v), x)
  const compiled = await Promise.all(
    [...DEVICES, ...DEVICES].map(device => tfjsBackend({ device }).compile(graph)),
  )
  await tf.setBackend('cpu')
  const own = tf.tensor([1, 2, 3])
  const results = await Promise.all(compiled.map(executable => executable.run([x])))
  expect(results.map(([y]) => toNumbers(y!))).toEqual(Array(4).fill([1, 4]))
  expect(tf.getBackend()).toBe('cpu')
  expect([...tf.square(own).dataSync()]).toEqual([1, 4, 9])
  own.dispose()
  for (const executable of compiled) await executable.dispose()
})

test('the plugin registers the backend, which says what it runs on before and while it runs', async () => {
  const made = createContainer([backendTfjs]).create(BACKEND, { type: 'tfjs', device: 'wasm' }) as Backend
  expect(made.describe()).toEqual({ backend: 'tfjs', version: '4.22.0', device: 'wasm', threads: 1 })
  const automatic = tfjsBackend()
  const before = automatic.describe()
  expect(['node-gpu', 'node', 'wasm']).toContain(before.device)
  const executable = await automatic.compile(trace((v: Tensor) => v, arrayOf([1])).graph)
  await executable.dispose()
  expect(automatic.describe()).toEqual(before)
  expect(tf.version_core).toBe(before.version)
})

describe('what cannot run is refused with what to do', () => {
  const compile = (f: (...args: never[]) => unknown, ...inputs: NdArray[]) =>
    tfjsBackend({ device: 'cpu' }).compile(trace(f as never, ...(inputs as never[])).graph, { name: 'model' })

  test('float64 and int64', async () => {
    expect(
      await textOf(() => compile((x: Tensor) => mul(x, 2), filled([2], 1, 'float64'))),
    ).toMatchInlineSnapshot(`
      "TFJS_DTYPE_UNSUPPORTED  TensorFlow.js has no float64 tensors, on no device (node-gpu, node, wasm, cpu)
        expected float32, int32 or bool
        found    input 0: float64[2]
        in model
        use float32 and int32, or backend "onnxruntime" or "reference", which have float64 and int64"
    `)
    expect(
      await textOf(() => compile((x: Tensor) => cast(cast(x, 'int64'), 'float32'), filled([2], 1, 'int32'))),
    ).toMatchInlineSnapshot(`
      "TFJS_DTYPE_UNSUPPORTED  TensorFlow.js has no int64 tensors, on no device (node-gpu, node, wasm, cpu)
        expected float32, int32 or bool
        found    a result of "cast": int64[2]
        in model
        use float32 and int32, or backend "onnxruntime" or "reference", which have float64 and int64"
    `)
  })

  test('inputs and buffers that do not fit', async () => {
    const executable = await compile((x: Tensor) => mul(x, 2), filled([2]))
    expect(await textOf(() => executable.run([filled([3])]))).toMatchInlineSnapshot(`
      "INPUT_MISMATCH  input 0 does not fit the graph
        expected float32[2]
        found    float32[3]
        in model"
    `)
    expect(await textOf(() => executable.run([]))).toMatchInlineSnapshot(`
      "INPUT_MISMATCH  input 0 does not fit the graph
        expected float32[2]
        found    nothing
        in model"
    `)
    expect(
      await textOf(() => executable.run([filled([2])], { into: [filled([2], 0, 'int32')] })),
    ).toMatchInlineSnapshot(`
      "INPUT_MISMATCH  array for output 0 does not fit the graph
        expected float32[2]
        found    int32[2]
        in model"
    `)
    await executable.dispose()
  })

  test.each(DEVICES)('an index out of range, on %s', async device => {
    const refuses = async (f: (x: Tensor, i: Tensor) => unknown, index: number) => {
      const inputs = [filled([2, 2]), arrayOf([0, index], 'int32')]
      const { graph } = trace(f as never, ...(inputs as never[]))
      const executable = await tfjsBackend({ device }).compile(graph)
      const text = await textOf(() => executable.run(inputs))
      await executable.dispose()
      return text
    }
    expect(await refuses((x, i) => gather(x, i), 5)).toMatchInlineSnapshot(`
      "INDEX_OUT_OF_RANGE  "gather" was given index 5
        expected 0 to 1"
    `)
    const others = [
      [(x: Tensor, i: Tensor) => scatterAdd(x, i, x), 'scatterAdd'],
      [(x: Tensor, i: Tensor) => gatherElements(x, i), 'gatherElements'],
      [
        (x: Tensor, i: Tensor) => scatterAddElements(x, i, i.scope.constant(filled([2]))),
        'scatterAddElements',
      ],
      [(x: Tensor, i: Tensor) => softmaxCrossEntropy(x, i), 'softmaxCrossEntropy'],
    ] as const
    for (const [f, name] of others)
      for (const index of [2, -1])
        expect(await refuses(f, index)).toContain(`INDEX_OUT_OF_RANGE  "${name}" was given index ${index}`)
  })
})
