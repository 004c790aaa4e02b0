import { arrayOf, filled, isElmanError, type NdArray, ndArray, toNumbers } from '@elman/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSession } from '../session/session.ts'
import { float, floats, graph, int, ints, string, strings, tensor } from './attribute.ts'
import { decodeModel } from './decode-model.ts'
import { OnnxGraph } from './graph.ts'

async function runModel(model: OnnxGraph, feeds: readonly NdArray[]): Promise<number[][]> {
  const session = await createSession(model.encodeModel(), { label: model.name })
  const results = await session.run(feeds)
  await session.release()
  return results.map(toNumbers)
}

function textOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (isElmanError(error)) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

test('what is written is read back: names, types, attributes of every kind, bodies, metadata', () => {
  const model = new OnnxGraph('größe')
  model.input('x', 'float32', [2, 'time', 300])
  const weight = model.initializer(
    'weight',
    arrayOf([
      [1, 2],
      [3, 4],
    ]),
  )
  const bits = model.initializer(undefined, ndArray('int32', [2], Int32Array.of(-1, 7)), {
    elementType: 'uint32',
  })
  const body = model.body('inside')
  body.input('inner', 'int64', [])
  body.output(body.node('Identity', [weight])[0]!, 'float32', [2, 2])
  const outputs = model.node('Everything', ['x', '', bits], {
    outputs: ['first', '', 'third'],
    domain: 'com.microsoft',
    attributes: {
      int: int(-1),
      big: int(2n ** 63n - 1n),
      wide: int(2 ** 40 + 129),
      ints: ints([0, -300, 2 ** 33]),
      float: float(0.5),
      floats: floats([1, -2.25]),
      string: string('add'),
      strings: strings(['a', 'ü']),
      tensor: tensor(ndArray('int64', [1], BigInt64Array.of(-5n))),
      body: graph(body),
    },
  })
  model.output(outputs[0]!, 'bool', [])
  const read = decodeModel(
    model.encodeModel({ producerVersion: '0.1.0', metadata: { vocabulary: 'words.txt' } }),
  )
  expect({
    ...read,
    graph: { name: read.graph.name, inputs: read.graph.inputs, outputs: read.graph.outputs },
  }).toEqual({
    irVersion: 10,
    producerName: 'elman',
    producerVersion: '0.1.0',
    opsets: { '': 21, 'com.microsoft': 1 },
    metadata: { vocabulary: 'words.txt' },
    graph: {
      name: 'größe',
      inputs: [{ name: 'x', elementType: 'float32', shape: [2, 'time', 300] }],
      outputs: [{ name: 'first', elementType: 'bool', shape: [] }],
    },
  })
  expect(
    read.graph.initializers.map(({ name, elementType, shape, bytes }) => [
      name,
      elementType,
      shape,
      bytes.length,
    ]),
  ).toEqual([
    ['weight', 'float32', [2, 2], 16],
    ['constant_1', 'uint32', [2], 8],
  ])
  const [node] = read.graph.nodes
  expect([node!.opType, node!.domain, node!.name, node!.inputs, node!.outputs]).toEqual([
    'Everything',
    'com.microsoft',
    'first',
    ['x', '', 'constant_1'],
    ['first', '', 'third'],
  ])
  const { tensor: tensorValue, body: bodyValue, ...plain } = node!.attributes
  expect(
    Object.fromEntries(Object.entries(plain).map(([name, attribute]) => [name, attribute.value])),
  ).toEqual({
    int: -1n,
    big: 2n ** 63n - 1n,
    wide: 2n ** 40n + 129n,
    ints: [0n, -300n, 2n ** 33n],
    float: 0.5,
    floats: [1, -2.25],
    string: 'add',
    strings: ['a', 'ü'],
  })
  expect(tensorValue).toMatchObject({ kind: 'tensor', value: { elementType: 'int64', shape: [1] } })
  expect(bodyValue).toMatchObject({
    kind: 'graph',
    value: { name: 'inside', nodes: [{ opType: 'Identity', inputs: ['weight'] }] },
  })
})

test('equal constants are stored once, in bodies too; other type, shape or bits are not equal', () => {
  const model = new OnnxGraph('constants')
  const large = new Float32Array(100_000).fill(0.5)
  const name = model.initializer('large', ndArray('float32', [100_000], large))
  expect(model.initializer(undefined, ndArray('float32', [100_000], large.slice()))).toBe(name)
  expect(model.body('body').initializer(undefined, ndArray('float32', [100_000], large.slice()))).toBe(name)
  const changed = large.slice()
  changed[77] = 0.25
  expect(model.initializer(undefined, ndArray('float32', [100_000], changed))).not.toBe(name)
  expect(model.initializer(undefined, ndArray('float32', [100, 1000], large))).not.toBe(name)
  const zero = model.initializer(undefined, filled([1], 0, 'float32'))
  expect(model.initializer(undefined, ndArray('float32', [1], Float32Array.of(-0)))).not.toBe(zero)
  expect(model.initializer(undefined, filled([1], 0, 'int32'))).not.toBe(zero)
})

test('ONNX Runtime takes int, ints, float, floats, string, strings and tensor attributes', async () => {
  const model = new OnnxGraph('attributes')
  model.input('x', 'float32', [2, 3])
  model.input('ids', 'int64', [2])
  const emit = (name: string, shape: number[]) => model.output(name, 'float32', shape)
  emit(model.node('Softmax', ['x'], { attributes: { axis: int(-1) } })[0]!, [2, 3])
  emit(model.node('Transpose', ['x'], { attributes: { perm: ints([1, 0]) } })[0]!, [3, 2])
  emit(model.node('LeakyRelu', ['x'], { attributes: { alpha: float(0.25) } })[0]!, [2, 3])
  const value = tensor(ndArray('float32', [1], Float32Array.of(7)))
  const shape = model.initializer(undefined, ndArray('int64', [1], BigInt64Array.of(2n)))
  emit(model.node('ConstantOfShape', [shape], { attributes: { value } })[0]!, [2])
  const updates = model.initializer(undefined, arrayOf([[10, 20, 30]]))
  const rows = model.initializer(undefined, ndArray('int64', [1, 3], BigInt64Array.of(1n, 1n, 1n)))
  emit(
    model.node('ScatterElements', ['x', rows, updates], { attributes: { reduction: string('add') } })[0]!,
    [2, 3],
  )
  const keys = { keys_int64s: ints([5, 6]), values_floats: floats([0.5, 0.75]), default_float: float(-1) }
  emit(model.node('LabelEncoder', ['ids'], { domain: 'ai.onnx.ml', attributes: keys })[0]!, [2])
  emit(
    model.node('FusedMatMul', ['x', 'x'], {
      domain: 'com.microsoft',
      attributes: { transB: int(1), alpha: float(2) },
    })[0]!,
    [2, 2],
  )
  const one = model.initializer(undefined, filled([1, 1, 1], 1))
  const sequence = model.initializer(undefined, filled([2, 1, 1], -3))
  const rnn = { activations: strings(['Relu']), hidden_size: int(1) }
  emit(model.node('RNN', [sequence, one, one], { outputs: ['', 'state'], attributes: rnn })[1]!, [1, 1, 1])
  const x = arrayOf([
    [1, 2, 3],
    [-4, 0, 4],
  ])
  const results = await runModel(model, [x, ndArray('int64', [2], BigInt64Array.of(6n, 9n))])
  expect(results[0]![2]).toBeCloseTo(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)), 6)
  expect(results.slice(1)).toEqual([
    [1, -4, 2, 0, 3, 4],
    [1, 2, 3, -1, 0, 4],
    [7, 7],
    [1, 2, 3, 6, 20, 34],
    [0.75, -1],
    [28, 16, 16, 64],
    [0],
  ])
})

/** h' = h * scale + x with `scale` from around the body; outputs the last state and all states. */
function scanModel(direction: 0 | 1): OnnxGraph {
  const model = new OnnxGraph(`scan ${direction}`)
  model.input('h0', 'float32', [1])
  model.input('xs', 'float32', [3, 1])
  model.input('scale', 'float32', [1])
  const body = model.body('step')
  body.input('h', 'float32', [1])
  body.input('x', 'float32', [1])
  const [scaled] = body.node('Mul', ['h', 'scale'])
  const [next] = body.node('Add', [scaled!, 'x'])
  const [copy] = body.node('Identity', [next!])
  body.output(next!, 'float32', [1])
  body.output(copy!, 'float32', [1])
  const [last, all] = model.node('Scan', ['h0', 'xs'], {
    outputs: 2,
    attributes: {
      body: graph(body),
      num_scan_inputs: int(1),
      scan_input_directions: ints([direction]),
      scan_output_directions: ints([direction]),
    },
  })
  model.output(last!, 'float32', [1])
  model.output(all!, 'float32', [3, 1])
  return model
}

test('Scan runs forward and in reverse with a weight from the outer scope', async () => {
  const feeds = [arrayOf([1]), arrayOf([[1], [2], [3]]), arrayOf([10])]
  expect(await runModel(scanModel(0), feeds)).toEqual([[1123], [11, 112, 1123]])
  expect(await runModel(scanModel(1), feeds)).toEqual([[1321], [1321, 132, 13]])
})

test('Loop and a body inside a body run, and a body may hand its input straight on', async () => {
  const model = new OnnxGraph('loop')
  model.input('x', 'float32', [1])
  const trips = model.initializer(undefined, ndArray('int64', [], BigInt64Array.of(3n)))
  const go = model.initializer(undefined, ndArray('bool', [], Uint8Array.of(1)))
  const body = model.body('body')
  body.input('iteration', 'int64', [])
  body.input('condition', 'bool', [])
  body.input('state', 'float32', [1])
  const [then, otherwise] = [body.body('then'), body.body('otherwise')]
  then.output(then.node('Add', ['state', 'x'])[0]!, 'float32', [1])
  otherwise.output(otherwise.node('Neg', ['state'])[0]!, 'float32', [1])
  const branches = { then_branch: graph(then), else_branch: graph(otherwise) }
  const [next] = body.node('If', ['condition'], { attributes: branches })
  body.output('condition', 'bool', [])
  body.output(next!, 'float32', [1])
  const [last] = model.node('Loop', [trips, go, 'x'], { attributes: { body: graph(body) } })
  model.output(last!, 'float32', [1])
  expect(await runModel(model, [arrayOf([2])])).toEqual([[8]])
})

test('names stay unique in a whole family of graphs, and mistakes are told when they are made', () => {
  const model = new OnnxGraph('main')
  model.input('hidden', 'float32', [1])
  const body = model.body('step')
  expect(body.freshName('add')).not.toBe(model.freshName('add'))
  const inside = body.node('Neg', ['hidden'])[0]!
  expect(textOf(() => body.input('hidden', 'float32', [1]))).toMatchInlineSnapshot(`
    "ONNX_NAME_TAKEN  "hidden" is used twice: names are unique across nested graphs
      in graph step"
  `)
  expect(textOf(() => model.node('Neg', ['hiden']))).toMatchInlineSnapshot(`
    "ONNX_UNKNOWN_VALUE  there is no value "hiden" for Neg
      in graph main
      did you mean hidden?"
  `)
  expect(textOf(() => model.node('Neg', [inside]))).toMatchInlineSnapshot(`
    "ONNX_UNKNOWN_VALUE  there is no value "neg_1" for Neg
      in graph main"
  `)
  expect(textOf(() => body.output('hidden', 'float32', [1]))).toMatchInlineSnapshot(`
    "ONNX_UNKNOWN_VALUE  "hidden" is made outside of the body "step" and cannot be its output
      pass it through an Identity node of the body"
  `)
  const foreign = { attributes: { body: graph(new OnnxGraph('other')) } }
  expect(textOf(() => model.node('Scan', ['hidden'], foreign))).toMatchInlineSnapshot(`
    "ONNX_FOREIGN_BODY  the sub-graph "other" belongs to another graph
      in attribute body of a Scan node of graph main
      make it by body() of the graph that gets the node, so that names stay unique"
  `)
  const narrow = { elementType: 'uint8' } as const
  expect(textOf(() => model.initializer(undefined, arrayOf([1]), narrow))).toMatchInlineSnapshot(`
    "ONNX_BAD_INITIALIZER  the bits of a float32 array cannot be read as uint8
      in graph main"
  `)
  expect(textOf(() => int(0.5))).toMatchInlineSnapshot(`
    "ONNX_BAD_ATTRIBUTE  an int attribute must be a whole number
      found    0.5
      use float(x) for a float attribute"
  `)
})

test('a cut or damaged file ends in ONNX_MALFORMED, never in another error', () => {
  const bytes = scanModel(1).encodeModel({ metadata: { a: 'b' } })
  for (let length = 0; length < bytes.length; length++) {
    try {
      decodeModel(bytes.subarray(0, length))
    } catch (error) {
      expect(isElmanError(error) && error.code).toBe('ONNX_MALFORMED')
    }
  }
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(damage, changes => {
      const damaged = bytes.slice()
      for (const [at, value] of changes) damaged[at] = value
      try {
        decodeModel(damaged)
      } catch (error) {
        expect(isElmanError(error) && error.code).toBe('ONNX_MALFORMED')
      }
    }),
    { seed: 7, numRuns: 2000 },
  )
  expect(textOf(() => decodeModel(bytes.subarray(0, 40)))).toMatchInlineSnapshot(`
    "ONNX_MALFORMED  these bytes are not a valid ONNX model
      found    a length of 452 with 28 bytes left at byte 12 of the model
      the file is damaged or cut short: make or fetch it again"
  `)
})

test('a model above the 2 GiB of protobuf is refused before memory is taken for it', () => {
  const model = new OnnxGraph('large')
  const data = new Float32Array(2 ** 27)
  for (const rows of [1, 2, 4, 8])
    model.initializer(undefined, ndArray('float32', [rows, data.length / rows], data))
  expect(textOf(() => model.encodeModel())).toMatchInlineSnapshot(`
    "ONNX_MODEL_TOO_LARGE  an ONNX file cannot be larger than 2 GiB
      found    2147483904 bytes
      make parameters inputs of the graph instead of constants"
  `)
})
