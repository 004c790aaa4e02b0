/** How the nodes of a model use its weights: which of them can work on int8. */
import type { DecodedGraph, DecodedNode, DecodedTensor } from '../onnx/decode-model.ts'

/** A node that can work on an int8 weight. */
export type WeightUse =
  | {
      readonly kind: 'product'
      readonly weight: string
      /** Whether the node reads the weight transposed: (outputs, inputs). */
      readonly transposed: boolean
      readonly alpha: number
      /** What is added to the product, if anything. */
      readonly addend: string | undefined
    }
  | { readonly kind: 'lookup'; readonly weight: string }

/** All uses of a weight in a model, bodies included. */
export interface WeightUses {
  readonly tensor: DecodedTensor
  /** Right operand of products as it stands. */
  product: boolean
  /** Right operand of products that read it transposed. */
  transposedProduct: boolean
  /** Table that rows are looked up in. */
  lookup: boolean
  /** Operators that need the floats. */
  readonly others: Set<string>
}

/**
 * How a node uses the weight among its inputs; undefined where it uses none, or needs the floats.
 *
 * @param tables - Whether looking up rows is such a use.
 */
export function weightUse(
  node: DecodedNode,
  isWeight: (name: string) => boolean,
  tables: boolean,
): WeightUse | undefined {
  const { opType, domain, inputs, attributes } = node
  if (domain !== '' || node.outputs.length !== 1) return undefined
  const integer = (name: string, missing: number) => {
    const attribute = attributes[name]
    return attribute?.kind === 'int' ? Number(attribute.value) : missing
  }
  const number = (name: string) => {
    const attribute = attributes[name]
    return attribute?.kind === 'float' ? attribute.value : 1
  }
  const [left, right, addend] = inputs
  if (opType === 'Gather' && tables && left !== undefined && isWeight(left) && integer('axis', 0) === 0) {
    return { kind: 'lookup', weight: left }
  }
  if (right === undefined || !isWeight(right) || isWeight(left!)) return undefined
  const product = { kind: 'product', weight: right } as const
  if (opType === 'MatMul') return { ...product, transposed: false, alpha: 1, addend: undefined }
  if (opType !== 'Gemm' || integer('transA', 0) !== 0) return undefined
  const added = addend === undefined || addend === '' ? undefined : addend
  if (added !== undefined && number('beta') !== 1) return undefined
  return { ...product, transposed: integer('transB', 0) === 1, alpha: number('alpha'), addend: added }
}

/** The float32 matrices among a model's constants with all that is done with them, by name. */
export function usesOfWeights(graph: DecodedGraph, tables: boolean): Map<string, WeightUses> {
  const uses = new Map<string, WeightUses>()
  forEachGraph(graph, ({ initializers }) => {
    for (const tensor of initializers) {
      if (tensor.shape.length !== 2 || tensor.elementType !== 'float32') continue
      uses.set(tensor.name, {
        ...{ tensor, product: false, transposedProduct: false, lookup: false },
        others: new Set(),
      })
    }
  })
  forEachGraph(graph, ({ nodes, outputs }) => {
    for (const node of nodes) {
      const use = weightUse(node, name => uses.has(name), tables)
      if (use?.kind === 'lookup') uses.get(use.weight)!.lookup = true
      else if (use?.transposed === true) uses.get(use.weight)!.transposedProduct = true
      else if (use !== undefined) uses.get(use.weight)!.product = true
      for (const name of node.inputs) if (name !== use?.weight) uses.get(name)?.others.add(node.opType)
    }
    for (const { name } of outputs) uses.get(name)?.others.add('output')
  })
  return uses
}

function forEachGraph(graph: DecodedGraph, visit: (graph: DecodedGraph) => void): void {
  visit(graph)
  for (const { attributes } of graph.nodes) {
    for (const attribute of Object.values(attributes)) {
      if (attribute.kind === 'graph') forEachGraph(attribute.value, visit)
    }
  }
}
