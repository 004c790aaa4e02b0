/** A graph as a list of kernel calls. Each intermediate tensor is given back after its last use. */
import {
  type Graph,
  isNode,
  type Node,
  type PrimitiveName,
  producers,
  type Shape,
  sameShape,
  type Value,
} from '@elman/core'
import type { DeviceTensor } from '../device/device.ts'
import type { Kernel, KernelContext } from '../kernels/context.ts'
import { kernelFor, MOST_AXES } from '../kernels/table.ts'

/** A graph that is ready to run. */
export interface Program {
  /** Inputs stay the caller's; each result is a tensor of its own, also where the graph hands an input through. */
  run(inputs: readonly DeviceTensor[]): DeviceTensor[]
}

/** One kernel call on numbered places. */
interface Step {
  readonly kernel: Kernel
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** Places that nobody reads any more. */
  readonly release: readonly number[]
}

/** Kernels that repeat a smaller operand by themselves, on every device. */
const BROADCASTING: ReadonlySet<PrimitiveName> = new Set(['add', 'sub', 'mul', 'div'])

/** Makes the kernels of a graph and plans when each value ends. Constants go to the device now. */
export function compileProgram(context: KernelContext, graph: Graph): Program {
  const calls = liveCalls(graph)
  const places = new Map<Value, number>()
  const place = (value: Value): number => {
    const known = places.get(value) ?? places.size
    places.set(value, known)
    return known
  }
  graph.inputs.forEach(place)
  const held = new Set(graph.inputs.map(place))
  const constants: [number, DeviceTensor][] = []
  for (const { node } of calls) {
    if (!isNode(node, 'constant')) continue
    const at = place(node.outputs[0]!)
    constants.push([at, context.constant(node.attributes.value)])
    held.add(at)
  }
  const outputs = graph.outputs.map(place)
  const lastUse = new Map<number, number>()
  calls.forEach(({ node, inputs }, i) => {
    for (const value of [...inputs, ...node.outputs]) lastUse.set(place(value), i)
  })
  const kept = new Set([...held, ...outputs])
  const steps = calls.flatMap(({ node, inputs }, i): Step[] => {
    if (node.primitive === 'constant') return []
    const touched = new Set([...inputs, ...node.outputs].map(place))
    return [
      {
        kernel: kernelFor(context, node),
        inputs: inputs.map(place),
        outputs: node.outputs.map(place),
        release: [...touched].filter(at => !kept.has(at) && lastUse.get(at) === i),
      },
    ]
  })
  return {
    run(given) {
      const tensors: (DeviceTensor | undefined)[] = [...given]
      for (const [at, tensor] of constants) tensors[at] = tensor
      for (const step of steps) {
        const results = context.tidy(() => step.kernel(step.inputs.map(at => tensors[at]!)))
        for (let i = 0; i < results.length; i++) tensors[step.outputs[i]!] = results[i]!
        for (const at of step.release) {
          tensors[at]!.dispose()
          tensors[at] = undefined
        }
      }
      const handedOut = new Set(held)
      return outputs.map(at => {
        if (handedOut.has(at)) return context.same(tensors[at]!)
        handedOut.add(at)
        return tensors[at]!
      })
    },
  }
}

/** The nodes that results depend on, each with what it reads: repeats are left out where the kernel repeats by itself. */
function liveCalls(graph: Graph): { node: Node; inputs: readonly Value[] }[] {
  const made = producers(graph)
  const live = new Set<Value>(graph.outputs)
  const calls: { node: Node; inputs: readonly Value[] }[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(output => live.has(output))) continue
    const inputs = BROADCASTING.has(node.primitive) ? withoutRepeats(node, made) : node.inputs
    for (const input of inputs) live.add(input)
    calls.push({ node, inputs })
  }
  return calls.reverse()
}

function withoutRepeats(node: Node, made: ReadonlyMap<Value, Node>): readonly Value[] {
  const { shape, dtype } = node.outputs[0]!.type
  if (dtype !== 'float32' || shape.length > MOST_AXES) return node.inputs
  const sources = node.inputs.map(value => {
    const maker = made.get(value)
    return isNode(maker, 'broadcastTo') ? maker.inputs[0]! : value
  })
  return sameShape(broadcastShape(sources.map(({ type }) => type.shape)), shape) ? sources : node.inputs
}

function broadcastShape(shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map(shape => shape.length))
  return Array.from({ length: rank }, (_, axis) =>
    shapes.reduce((extent, shape) => Math.max(extent, shape[axis - rank + shape.length] ?? 1), 1),
  )
}
