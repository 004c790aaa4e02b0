import { arrayOf, filled, isElmanError, type NdArray, ndArray, toNumbers } from '@elman/core'
import { expect, test } from 'vitest'
import { float, int } from '../onnx/attribute.ts'
import { OnnxGraph } from '../onnx/graph.ts'
import { createSession } from './session.ts'
import { SessionCache, sessionKey } from './session-cache.ts'

async function textOf(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (error) {
    if (isElmanError(error)) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

/** One training step without the training: p' = p - rate * g, and the sum of g. */
function stepModel(size: number): OnnxGraph {
  const model = new OnnxGraph('step')
  model.input('p', 'float32', [size])
  model.input('g', 'float32', [size])
  const rate = model.initializer('rate', filled([], 0.5))
  const [scaled] = model.node('Mul', ['g', rate])
  model.output(model.node('Sub', ['p', scaled!], { outputs: ['next'] })[0]!, 'float32', [size])
  const sum = model.node('ReduceSum', ['g'], { outputs: ['sum'], attributes: { keepdims: int(0) } })
  model.output(sum[0]!, 'float32', [])
  return model
}

for (const writesIntoBuffers of [false, true]) {
  const size = 10_000 // large enough to be worth avoiding copies
  const bytes = stepModel(size).encodeModel({ writesIntoBuffers })
  const kind = writesIntoBuffers ? 'without copies' : 'with copies'

  test(`two buffer sets that swap roles train as fresh arrays do (${kind})`, async () => {
    const session = await createSession(bytes)
    expect(session.outputs.map(({ name }) => name)).toEqual(['next', 'sum'])
    const g = ndArray(
      'float32',
      [size],
      Float32Array.from({ length: size }, (_, i) => i % 4),
    )
    let [now, next, fresh] = [filled([size], 9), filled([size], -1), filled([size], 9)]
    const sum = filled([], -1)
    for (let step = 0; step < 5; step++) {
      const results = await session.run([now, g], { into: [next, sum] })
      expect(results).toEqual([next, sum])
      expect(results[0]!.data).toBe(next.data)
      fresh = (await session.run([fresh, g]))[0]!
      expect(toNumbers(next)).toEqual(toNumbers(fresh))
      ;[now, next] = [next, now]
    }
    expect([toNumbers(now).slice(0, 4), toNumbers(sum)]).toEqual([[9, 6.5, 4, 1.5], [15_000]])
    const [onlySum] = await session.run(
      new Map([
        ['g', g],
        ['p', now],
      ]),
      { outputs: ['sum'] },
    )
    expect(toNumbers(onlySum!)).toEqual([15_000])
    expect(session.direct).toBe(writesIntoBuffers)
    await session.release()
  })

  test(`overlapping runs happen one after the other in the order of the calls (${kind})`, async () => {
    const session = await createSession(bytes)
    const [a, b, g] = [filled([size], 1), filled([size]), filled([size], 2)]
    const runs = []
    for (let i = 0; i < 4; i++)
      runs.push(session.run([a, g], { into: [b] }), session.run([b, g], { into: [a] }))
    const release = session.release()
    await Promise.all(runs)
    await release
    expect(new Set(toNumbers(a))).toEqual(new Set([-7]))
  })

  test(`every dtype crosses both ways, also as scalar and as empty array (${kind})`, async () => {
    const model = new OnnxGraph('types')
    const feeds: NdArray[] = []
    for (const dtype of ['float32', 'float64', 'int32', 'int64', 'bool'] as const) {
      for (const shape of [[3], [], [0, 2]]) {
        const name = model.input(`${dtype}_${shape.length}${shape[0] ?? ''}`, dtype, shape)
        model.output(model.node('Identity', [name])[0]!, dtype, shape)
        feeds.push(filled(shape, 1, dtype))
      }
    }
    const session = await createSession(model.encodeModel({ writesIntoBuffers }))
    for (let i = 0; i < 2; i++) expect(await session.run(feeds)).toEqual(feeds)
    const buffers = feeds.map(({ dtype, shape }) => filled(shape, 0, dtype))
    expect(await session.run(feeds, { into: buffers })).toEqual(feeds)
    expect(buffers).toEqual(feeds)
    expect(session.direct).toBe(writesIntoBuffers)
    await session.release()
  })

  test(`memory stays flat over 300 runs with 8 MB of results (${kind})`, { timeout: 60_000 }, async () => {
    const session = await createSession(stepModel(2_000_000).encodeModel({ writesIntoBuffers }))
    let [now, next] = [filled([2_000_000], 1), filled([2_000_000])]
    const g = filled([2_000_000], 1)
    const sizes: number[] = []
    for (let run = 0; run < 300; run++) {
      await session.run([now, g], { into: [next] })
      ;[now, next] = [next, now]
      if (run % 100 === 99) sizes.push(process.memoryUsage().rss / 1e6)
    }
    expect(sizes[2]! - sizes[0]!).toBeLessThan(100)
    expect(now.data[5]).toBe(1 - 150)
    await session.release()
  })

  test(`an index out of range fails with the node's name and the session goes on (${kind})`, async () => {
    const model = new OnnxGraph('lookup')
    model.input('table', 'float32', [2, 1])
    model.input('ids', 'int32', [size])
    model.output(model.node('Gather', ['table', 'ids'], { label: 'embed.lookup' })[0]!, 'float32', [size, 1])
    const session = await createSession(model.encodeModel({ writesIntoBuffers }), { label: 'training step' })
    const table = arrayOf([[1], [2]])
    const text = await textOf(session.run([table, filled([size], 5, 'int32')]))
    expect(text).toBe(
      [
        'ORT_RUN_FAILED  Gather failed inside ONNX Runtime',
        '  found    indices element out of data bounds, idx=5 must be within the inclusive range [-2,1]',
        '  in node embed.lookup_1 of training step',
        '  an index is out of range: is every id below the vocabulary size?',
      ].join('\n'),
    )
    const [looked] = await session.run([table, filled([size], 1, 'int32')])
    expect([new Set(toNumbers(looked!)), session.direct]).toEqual([new Set([2]), writesIntoBuffers])
    await session.release()
  })
}

test('outputs of open shape are returned in their actual shape, with and without the extra output', async () => {
  for (const writesIntoBuffers of [false, true]) {
    const model = new OnnxGraph('open')
    model.input('x', 'float32', ['time'])
    model.output(model.node('Neg', ['x'])[0]!, 'float32', ['time'])
    const session = await createSession(model.encodeModel({ writesIntoBuffers }))
    expect(await session.run([arrayOf([1, 2])])).toEqual([arrayOf([-1, -2])])
    expect(await session.run([arrayOf([3])])).toEqual([arrayOf([-3])])
    await session.release()
  }
})

test('buffers that overlap are refused: feed and fetch, two fetches, parts of one ArrayBuffer', async () => {
  const session = await createSession(stepModel(4).encodeModel(), { label: 'training step' })
  const [p, g] = [filled([4]), filled([4])]
  expect(await textOf(session.run([p, g], { into: [p] }))).toMatchInlineSnapshot(`
    "ORT_ALIASED_BUFFERS  input "p" and output "next" share memory
      in training step
      keep two sets of buffers and swap their roles after each run: ONNX Runtime computes wrong numbers in place"
  `)
  const memory = new ArrayBuffer(64)
  const view = (offset: number, length: number) => new Float32Array(memory, offset, length)
  const part = ndArray('float32', [4], view(12, 4))
  expect(
    await textOf(session.run([p, ndArray('float32', [4], view(0, 4))], { into: [part] })),
  ).toMatchInlineSnapshot(`
    "ORT_ALIASED_BUFFERS  input "g" and output "next" share memory
      in training step
      keep two sets of buffers and swap their roles after each run: ONNX Runtime computes wrong numbers in place"
  `)
  const scalar = ndArray('float32', [], view(16, 1))
  expect(await textOf(session.run([p, g], { into: [part, scalar] }))).toMatchInlineSnapshot(`
    "ORT_ALIASED_BUFFERS  outputs "next" and "sum" share memory
      in training step
      keep two sets of buffers and swap their roles after each run: ONNX Runtime computes wrong numbers in place"
  `)
  const apart = ndArray('float32', [4], view(16, 4))
  const results = await session.run([p, ndArray('float32', [4], view(0, 4))], { into: [apart] })
  expect(toNumbers(results[0]!)).toEqual([0, 0, 0, 0])
  await session.release()
})

test('wrong feeds and buffers are named before anything runs', async () => {
  const session = await createSession(stepModel(4).encodeModel(), { label: 'training step' })
  const p = filled([4])
  expect(await textOf(session.run([p, filled([2, 2])]))).toMatchInlineSnapshot(`
    "ORT_FEED_MISMATCH  input "g" has the wrong type, shape or storage
      expected float32[4] in a Float32Array
      found    float32[2,2] in a Float32Array of 4
      in training step
      a graph is compiled for one set of shapes: compile it again for others"
  `)
  expect(await textOf(session.run([p, filled([4], 0, 'float64')]))).toMatchInlineSnapshot(`
    "ORT_FEED_MISMATCH  input "g" has the wrong type, shape or storage
      expected float32[4] in a Float32Array
      found    float64[4] in a Float64Array of 4
      in training step
      a graph is compiled for one set of shapes: compile it again for others"
  `)
  expect(await textOf(session.run([p, { ...p, data: new Int32Array(4) }]))).toMatchInlineSnapshot(`
    "ORT_FEED_MISMATCH  input "g" has the wrong type, shape or storage
      expected float32[4] in a Float32Array
      found    float32[4] in a Int32Array of 4
      in training step
      a graph is compiled for one set of shapes: compile it again for others"
  `)
  expect(await textOf(session.run([p]))).toMatchInlineSnapshot(`
    "ORT_FEED_COUNT  a run needs one array for each input
      expected 2: p, g
      found    1 arrays
      in training step"
  `)
  expect(
    await textOf(
      session.run(
        new Map([
          ['p', p],
          ['gg', p],
        ]),
      ),
    ),
  ).toMatchInlineSnapshot(`
    "ORT_FEED_COUNT  a run needs one array for each input
      expected 2: p, g
      found    nothing for g
      in training step"
  `)
  expect(await textOf(session.run([p, p], { into: [filled([3])] }))).toMatchInlineSnapshot(`
    "ORT_FETCH_MISMATCH  output buffer "next" has the wrong type, shape or storage
      expected float32[4] in a Float32Array
      found    float32[3] in a Float32Array of 3
      in training step
      a graph is compiled for one set of shapes: compile it again for others"
  `)
  expect(await textOf(session.run([p, p], { outputs: ['loss'] }))).toMatchInlineSnapshot(`
    "ORT_OUTPUT_UNKNOWN  the model has no output "loss"
      expected next, sum
      in training step"
  `)
  await session.release()
  await session.release()
  expect(await textOf(session.run([p, p]))).toMatchInlineSnapshot(`
    "ORT_SESSION_RELEASED  the session was released and cannot run
      in training step
      make a new session, or release this one later"
  `)
})

test('options are checked here, since ONNX Runtime takes any in silence', async () => {
  const bytes = stepModel(1).encodeModel()
  const attempt = (options: object) => textOf(createSession(bytes, options))
  expect(await attempt({ thread: 2 })).toMatchInlineSnapshot(`
    "ORT_OPTION_UNKNOWN  "thread" is not a session option
      did you mean threads?
      options: device, deviceId, threads, spinning, deterministic, graphOptimizationLevel, memoryArena, memoryPattern, label, profile"
  `)
  expect(await attempt({ freeDimensionOverrides: { time: 3 } })).toMatchInlineSnapshot(`
    "ORT_OPTION_UNKNOWN  "freeDimensionOverrides" is not a session option
      ONNX Runtime for Node ignores freeDimensionOverrides: give the graph static shapes instead
      options: device, deviceId, threads, spinning, deterministic, graphOptimizationLevel, memoryArena, memoryPattern, label, profile"
  `)
  expect(await attempt({ threads: 0 })).toMatchInlineSnapshot(`
    "ORT_OPTION_INVALID  session option threads has a value it cannot take
      expected a whole number, 1 to 1024
      found    0"
  `)
  expect(await attempt({ device: 'gpu' })).toMatchInlineSnapshot(`
    "ORT_OPTION_INVALID  session option device has a value it cannot take
      expected cpu, webgpu, cuda
      found    "gpu""
  `)
})

test('models that cannot run are explained', async () => {
  const typed = new OnnxGraph('typed')
  typed.input('x', 'float64', [1])
  typed.output(typed.node('Erf', ['x'], { label: 'gelu.erf' })[0]!, 'float64', [1])
  const noKernel = await textOf(createSession(typed.encodeModel(), { label: 'evaluation' }))
  expect(noKernel).toMatchInlineSnapshot(`
    "ORT_NO_KERNEL  ONNX Runtime has no cpu kernel for Erf(13) with these element types
      found    Could not find an implementation for Erf(13) node with name 'gelu.erf_1'
      in node gelu.erf_1 of evaluation
      lower the operation to others, or use another element type (Erf and OneHot, for one, lack some)"
  `)
  const broken = new OnnxGraph('broken')
  broken.input('x', 'float32', [2])
  broken.output(broken.node('Softmax', ['x'], { attributes: { axis: float(1) } })[0]!, 'float32', [2])
  expect(await textOf(createSession(broken.encodeModel()))).toMatchInlineSnapshot(`
    "ORT_SESSION_FAILED  ONNX Runtime refused the model
      found    This is an invalid model. In Node, ("softmax_1", Softmax, "", -1) : ("x": tensor(float),) -> ("softmax_1": tensor(float),) , Error Mismatched attribute type in 'softmax_1 : axis'. Expected: 'INT', actual: 'FLOAT'
      in session
      the lowering made a graph that is not valid ONNX: report it with the printed graph"
  `)
  const outside = new OnnxGraph('outside')
  outside.input('x', 'uint32', [2])
  outside.output(outside.node('Identity', ['x'])[0]!, 'uint32', [2])
  expect(await textOf(createSession(outside.encodeModel()))).toMatchInlineSnapshot(`
    "ORT_VALUE_UNSUPPORTED  "x" is of type uint32 and cannot enter or leave a graph
      expected float32, float64, int32, int64, bool
      in session
      cast inside the graph"
  `)
  const wide = new OnnxGraph('wide')
  wide.input('x', 'float32', [8])
  for (const part of wide.node('Split', ['x'], { outputs: 8, attributes: { num_outputs: int(8) } }))
    wide.output(part, 'float32', [1])
  expect(await textOf(createSession(wide.encodeModel(), { device: 'webgpu' }))).toMatchInlineSnapshot(`
    "ORT_WEBGPU_LIMIT  Split into 8 parts cannot run on WebGPU
      expected at most 7 outputs (a shader is sure of 8 storage buffers)
      in node split_1 of session
      use Slice nodes, or several Splits"
  `)
})

test('the cache makes a session once, counts its shares and forgets failures', async () => {
  const cache = new SessionCache()
  const bytes = stepModel(2).encodeModel()
  const [a, b] = await Promise.all([cache.acquire(bytes), cache.acquire(bytes.slice(), { threads: 1 })])
  expect([a.session === b.session, cache.size, a.key]).toEqual([true, 1, sessionKey(bytes)])
  const other = await cache.acquire(bytes, { threads: 2 })
  expect([other.session === a.session, cache.size]).toEqual([false, 2])
  await Promise.all([a.release(), a.release()])
  expect(await b.session.run([filled([2]), filled([2])])).toHaveLength(2)
  await b.release()
  await other.release()
  expect(cache.size).toBe(0)
  expect(await textOf(b.session.run([filled([2]), filled([2])]))).toContain('ORT_SESSION_RELEASED')
  expect(await textOf(cache.acquire(new Uint8Array([1, 2, 3])))).toContain('ORT_SESSION_FAILED')
  expect(cache.size).toBe(0)
})
