import {
  countUses,
  ElmanError,
  type Graph,
  isNode,
  type NdArray,
  type Node,
  type PrimitiveAttributes,
  type PrimitiveName,
  producers,
  type Shape,
  sameShape,
  type Value,
} from '@elman/core'
import { int, type OnnxAttribute } from '../onnx/attribute.ts'
import type { OnnxGraph } from '../onnx/graph.ts'

/** What holds for a graph and the bodies in it. */
export interface LoweringSettings {
  /** Only operators of the ONNX standard: for files that other runtimes read. */
  readonly portable: boolean
  /** What constants are called, by their storage; others get numbers. */
  readonly constantNames: ReadonlyMap<NdArray['data'], string>
}

/** What a lowering writes with: names of values, and how they were made. */
export class LoweringContext {
  readonly onnx: OnnxGraph
  readonly settings: LoweringSettings
  readonly #names = new Map<Value, string>()
  readonly #producers: Map<Value, Node>
  readonly #uses: Map<Value, number>
  readonly #lower: (context: LoweringContext, node: Node) => void
  /** Gathered elements of a softmax, by the softmax: whoever overwrites it must wait for them. */
  readonly readers = new Map<Value, string>()
  readonly graph: Graph
  /** The primitive that is being written. */
  #writing: PrimitiveName | undefined

  constructor(
    onnx: OnnxGraph,
    graph: Graph,
    settings: LoweringSettings,
    lower: (context: LoweringContext, node: Node) => void,
  ) {
    this.onnx = onnx
    this.graph = graph
    this.settings = settings
    this.#producers = producers(graph)
    this.#uses = countUses(graph)
    this.#lower = lower
  }

  /** A context for a loop body: same settings, another graph. */
  nested(onnx: OnnxGraph, graph: Graph): LoweringContext {
    return new LoweringContext(onnx, graph, this.settings, this.#lower)
  }

  /** Says what a value is called. */
  bind(value: Value, name: string): void {
    this.#names.set(value, name)
  }

  /** Whether a value has been written or bound. */
  isBound(value: Value): boolean {
    return this.#names.has(value)
  }

  /** The ONNX name of a value; writes the node that makes it if nobody has needed it yet. */
  name(value: Value): string {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    const node = this.#producers.get(value)
    if (node === undefined)
      throw new ElmanError('LOWERING_FAILED', {
        message: 'a value of the graph is made by no node',
        hint: 'this is a bug in a pass: please report it with the model',
      })
    const outside = this.#writing
    this.#writing = node.primitive
    this.#lower(this, node)
    this.#writing = outside
    return this.#names.get(value)!
  }

  /** The node that makes a value, if it is of the given primitive. */
  made<Name extends PrimitiveName>(value: Value, name: Name): Node<Name> | undefined {
    const node = this.#producers.get(value)
    return isNode(node, name) ? node : undefined
  }

  /** How often a value is read. */
  uses(value: Value): number {
    return this.#uses.get(value) ?? 0
  }

  /** Writes one ONNX node. */
  op(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain?: string,
  ): string {
    return this.node(opType, inputs, 1, attributes, domain)[0]!
  }

  /** Writes one ONNX node with several outputs. Its names start with the primitive, so that errors and profiles tell it. */
  node(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain?: string,
  ): string[] {
    const given = { outputs, attributes, ...(domain === undefined ? {} : { domain }) }
    return this.onnx.node(
      opType,
      inputs,
      this.#writing === undefined ? given : { ...given, label: this.#writing },
    )
  }

  /** The number that all elements of a value are known to be: a constant of one element, repeated and reshaped. */
  uniform(value: Value): number | undefined {
    const constant = this.made(value, 'constant')?.attributes.value
    if (constant !== undefined) return constant.data.length === 1 ? Number(constant.data[0]) : undefined
    const view = this.made(value, 'broadcastTo') ?? this.made(value, 'reshape')
    return view === undefined ? undefined : this.uniform(view.inputs[0]!)
  }

  /** Integers as an int64 initialiser, the form in which operators take shapes and axes. */
  int64(values: readonly number[], shape: Shape = [values.length]): string {
    return this.onnx.initializer(undefined, {
      dtype: 'int64',
      shape: [...shape],
      data: BigInt64Array.from(values, BigInt),
    })
  }

  /** A float scalar initialiser. */
  scalar(value: number, dtype: 'float32' | 'float64'): string {
    return this.onnx.initializer(undefined, {
      dtype,
      shape: [],
      data: dtype === 'float64' ? Float64Array.of(value) : Float32Array.of(value),
    })
  }

  /** Operands of an element-wise operator, which broadcasts by itself: repeats are left out where the shape allows. */
  loose(values: readonly Value[], shape: Shape): string[] {
    const sources = values.map(value => this.made(value, 'broadcastTo')?.inputs[0] ?? value)
    if (!sources.some(source => sameShape(source.type.shape, shape)) && !coversAll(sources, shape))
      return values.map(value => this.name(value))
    return sources.map(source => this.name(source))
  }

  /** A new axis of extent 1 at the end. */
  column(value: Value): string {
    return this.op('Unsqueeze', [this.name(value), this.int64([-1])])
  }

  /** A tensor under another shape. */
  reshape(name: string, shape: Shape): string {
    return this.op('Reshape', [name, this.int64(shape)], { allowzero: int(1) })
  }
}

function coversAll(sources: readonly Value[], shape: Shape): boolean {
  return (
    shape.every(
      (extent, axis) =>
        extent === 1 ||
        sources.some(({ type }) => type.shape[axis - shape.length + type.shape.length] === extent),
    ) && sources.some(({ type }) => type.shape.length === shape.length)
  )
}

/** Writes the nodes for one primitive. */
export type LoweringRule<Name extends PrimitiveName> = (
  context: LoweringContext,
  node: Node<Name>,
  attributes: PrimitiveAttributes[Name],
) => void
