import type { Graph, NdArray, Node, PrimitiveName } from '@elman/core'
import { OnnxGraph } from '../onnx/graph.ts'
import { LoweringContext, type LoweringRule } from './context.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { loop, writeOutputs } from './loop.ts'
import { product } from './product.ts'
import { random } from './random.ts'
import { reduction } from './reduction.ts'
import { classes } from './softmax.ts'
import { structure } from './structure.ts'

/** How each primitive is written as ONNX. The type checks that none is missing. */
const table: { readonly [Name in PrimitiveName]: LoweringRule<Name> } = {
  ...elementwise,
  ...structure,
  ...reduction,
  ...product,
  ...indexing,
  ...classes,
  ...random,
  ...loop,
}

function lowerNode(context: LoweringContext, node: Node): void {
  if (node.outputs.every(output => context.isBound(output))) return
  ;(table[node.primitive] as LoweringRule<PrimitiveName>)(context, node, node.attributes as never)
}

/** Names for the graph's inputs and outputs, and what operators may be used. */
export interface LowerOptions {
  readonly name?: string
  readonly inputNames?: readonly string[]
  readonly outputNames?: readonly string[]
  /** Only operators of the ONNX standard. */
  readonly portable?: boolean
  /** What constants are called, by their storage. */
  readonly constantNames?: ReadonlyMap<NdArray['data'], string>
}

/** Writes a graph as ONNX. Inputs and outputs keep their order. */
export function lowerGraph(graph: Graph, options: LowerOptions = {}): OnnxGraph {
  const onnx = new OnnxGraph(options.name ?? 'elman')
  const { portable = false, constantNames = new Map() } = options
  const settings = { portable, constantNames }
  const context = new LoweringContext(onnx, graph, settings, lowerNode)
  const taken = new Set<string>()
  graph.inputs.forEach((value, i) => {
    const name = onnx.input(options.inputNames?.[i] ?? `input.${i}`, value.type.dtype, value.type.shape)
    taken.add(name)
    context.bind(value, name)
  })
  const names = writeOutputs(context, graph, taken)
  names.forEach((name, i) => {
    const { dtype, shape } = graph.outputs[i]!.type
    const wanted = options.outputNames?.[i]
    const final = wanted === undefined ? name : onnx.node('Identity', [name], { outputs: [wanted] })[0]!
    onnx.output(final, dtype, shape)
  })
  return onnx
}
