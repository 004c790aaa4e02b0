import { describe, expect, test } from 'vitest'
import { type Graph, isNode } from '../ir/graph.ts'
import type { Tensor } from '../ir/scope.ts'
import { validateGraph } from '../ir/validate.ts'
import { add, mul, sigmoid, sub, tanh } from '../ops/elementwise.ts'
import { matmul } from '../ops/linear-algebra.ts'
import { sum } from '../ops/reduction.ts'
import { split } from '../ops/shape.ts'
import { primitives } from '../primitives/index.ts'
import { interpret } from '../reference/interpreter.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { expectClose } from '../testing/expect-close.ts'
import { sampleArray } from '../testing/primitive-cases.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { optimize } from '../transform/optimize.ts'
import { scan } from '../transform/scan.ts'
import { isTensorType, trace } from '../transform/trace.ts'
import { leavesOf } from '../transform/tree.ts'

const [TIME, BATCH, INPUT, HIDDEN] = [4, 2, 3, 5]

type Weights = Record<string, Tensor>
type State = Record<string, Tensor>

/** A cell as its author would write it, with the weights it needs. */
interface Written {
  readonly weights: Record<string, number[]>
  readonly state: readonly string[]
  readonly step: (w: Weights, s: State, x: Tensor) => State
}

const gate = (w: Weights, name: string, h: Tensor, x: Tensor) =>
  add(add(matmul(x, w[`W${name}`]!), matmul(h, w[`U${name}`]!)), w[`b${name}`]!)
const gateWeights = (names: string) =>
  Object.fromEntries(
    [...names].flatMap(n => [
      [`W${n}`, [INPUT, HIDDEN]],
      [`U${n}`, [HIDDEN, HIDDEN]],
      [`b${n}`, [HIDDEN]],
    ]),
  )

const cells: Record<string, Written> = {
  elman: {
    weights: gateWeights('h'),
    state: ['h'],
    step: (w, { h }, x) => ({ h: tanh(gate(w, 'h', h!, x)) }),
  },
  'lstm, wide': {
    weights: { W: [INPUT, 4 * HIDDEN], U: [HIDDEN, 4 * HIDDEN], b: [4 * HIDDEN] },
    state: ['h', 'c'],
    step: ({ W, U, b }, { h, c }, x) => {
      const [i, f, g, o] = split(add(add(matmul(x, W!), matmul(h!, U!)), b!), 4, -1)
      const cell = add(mul(sigmoid(f!), c!), mul(sigmoid(i!), tanh(g!)))
      return { h: mul(sigmoid(o!), tanh(cell)), c: cell }
    },
  },
  'lstm, four lines': {
    weights: gateWeights('ifgo'),
    state: ['h', 'c'],
    step: (w, { h, c }, x) => {
      const i = sigmoid(gate(w, 'i', h!, x))
      const f = sigmoid(gate(w, 'f', h!, x))
      const g = tanh(gate(w, 'g', h!, x))
      const o = sigmoid(gate(w, 'o', h!, x))
      const cell = add(mul(f, c!), mul(i, g))
      return { h: mul(o, tanh(cell)), c: cell }
    },
  },
  gru: {
    weights: { ...gateWeights('rzn'), un: [HIDDEN] },
    state: ['h'],
    step: (w, { h }, x) => {
      const r = sigmoid(gate(w, 'r', h!, x))
      const z = sigmoid(gate(w, 'z', h!, x))
      const n = tanh(add(add(matmul(x, w.Wn!), w.bn!), mul(r, add(matmul(h!, w.Un!), w.un!))))
      return { h: add(mul(sub(1, z), n), mul(z, h!)) }
    },
  },
  'a stranger: leaky second-order cell': {
    weights: { A: [HIDDEN, HIDDEN], B: [INPUT, HIDDEN], C: [HIDDEN, HIDDEN], d: [HIDDEN] },
    state: ['y', 'v'],
    step: ({ A, B, C, d }, { y, v }, x) => {
      const force = tanh(add(add(add(matmul(y!, A!), matmul(v!, C!)), matmul(x, B!)), d!))
      const next = add(v!, mul(sub(sub(force, mul(y!, 2)), v!), 0.1))
      return { y: add(y!, mul(next, 0.1)), v: next }
    },
  },
}

function traceTraining(cell: Written) {
  const weights = Object.fromEntries(
    Object.entries(cell.weights).map(([name, shape], i) => [name, sampleArray(shape, i)]),
  )
  const initial = Object.fromEntries(
    cell.state.map((name, i) => [name, sampleArray([BATCH, HIDDEN], 50 + i)]),
  )
  const xs = sampleArray([TIME, BATCH, INPUT], 99)
  const target = sampleArray([TIME, BATCH, HIDDEN], 98)
  const args = [weights, initial, xs, target] as const
  const traced = trace(
    ((w: Weights, s: State, x: Tensor, y: Tensor) =>
      valueAndGrad((both: { w: Weights; x: Tensor }) => {
        const [, outputs] = scan(
          (state: State, input: Tensor): readonly [State, Tensor] => {
            const next = cell.step(both.w, state, input)
            return [next, next[cell.state[0]!]!]
          },
          s,
          both.x as Tensor,
        )
        return sum(mul(outputs as Tensor, y))
      })({ w, x })) as never,
    ...(args as never as []),
  )
  return { graph: traced.graph, inputs: leavesOf<NdArray>(args, isTensorType) }
}

function loops(graph: Graph): Graph[] {
  return graph.nodes.flatMap(node => (isNode(node, 'scan') ? [node.attributes.body] : []))
}

function count(graph: Graph, name: string): number {
  return graph.nodes.filter(node => node.primitive === name).length
}

describe.each(Object.entries(cells))('%s', (_name, cell) => {
  const { graph, inputs } = traceTraining(cell)
  const optimized = optimize(graph)

  test('values and gradients stay the same', () => {
    validateGraph(primitives, graph)
    validateGraph(primitives, optimized)
    const [before, after] = [interpret(graph, inputs), interpret(optimized, inputs)]
    before.forEach((expected, i) => {
      expectClose(after[i]!, expected, 1e-12)
    })
  })

  test('what is left in the loops', () => {
    const [forward, backward] = loops(optimized)
    const names = (body: Graph) => {
      const all = [...new Set(body.nodes.map(node => node.primitive))].sort()
      return all.map(name => `${count(body, name)} ${name}`).join(', ')
    }
    expect({ forward: names(forward!), backward: names(backward!) }).toMatchSnapshot()
    expect(loops(optimized)).toHaveLength(2)
  })

  test('one product for each carried operand in a step, none for the input or a weight gradient', () => {
    const [forward, backward] = loops(optimized)
    expect(count(forward!, 'matmul')).toBe(cell.weights.C === undefined ? 1 : 2)
    expect(count(backward!, 'matmul')).toBe(1)
  })
})
