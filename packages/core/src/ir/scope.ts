import { ElmanError } from '../errors/elman-error.ts'
import { type DType, formatType, type Shape, type TensorType } from '../tensor/dtype.ts'
import { isNdArray, type NdArray } from '../tensor/nd-array.ts'
import type { PrimitiveAttributes, PrimitiveName } from './attributes.ts'
import { type Graph, isNode, type Node, type Value } from './graph.ts'
import type { PrimitiveTable } from './primitive.ts'

/** A symbolic value inside a traced function. It belongs to the scope it was made in. */
export interface Tensor extends TensorType {
  readonly scope: Scope
  readonly value: Value
}

/** What functions on tensors take: a tensor, or concrete numbers that become constants. */
export type TensorLike = Tensor | NdArray | number

/** Whether something is a traced tensor. */
export function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === 'object' && value !== null && 'scope' in value && 'value' in value && 'shape' in value
  )
}

/** Whether something can be an operand of tensor functions: a leaf of the trees that transformations take. */
export function isTensorLike(value: unknown): value is TensorLike {
  return isTensor(value) || isNdArray(value) || typeof value === 'number'
}

/**
 * A graph under construction. Scopes nest: a loop body is a child of the scope that calls it. An operation goes
 * into the deepest scope among its operands, so work on outer tensors only stays outside by itself; an outer
 * tensor that is used with inner ones is captured: it becomes an input of the inner graph.
 */
export class Scope {
  readonly primitives: PrimitiveTable
  readonly inputs: Value[] = []
  readonly nodes: Node[] = []
  /** Tensors of enclosing scopes that this one reads, by their values, with the input that stands for each. */
  readonly captures = new Map<Value, { readonly outer: Tensor; readonly inner: Value }>()
  readonly #producers = new Map<Value, Node>()
  #parent: Scope | undefined
  #closed = false
  /** Position among the scopes of one trace, by the time they were opened. */
  readonly #age: number
  #opened = 0

  constructor(primitives: PrimitiveTable, parent?: Scope) {
    this.primitives = primitives
    this.#parent = parent
    this.#age = parent === undefined ? 0 : ++parent.#root().#opened
  }

  /** Whether this scope was opened after another of the same trace. */
  isNewerThan(other: Scope): boolean {
    return this.#age > other.#age
  }

  #root(): Scope {
    let root: Scope = this
    while (root.#parent !== undefined) root = root.#parent
    return root
  }

  /** The scope that this one is called from. */
  get parent(): Scope | undefined {
    return this.#parent
  }

  /**
   * Moves inside `scope` the nearest of this scope and its enclosing ones that sits beside it. A loop whose operands
   * are all from outside, but whose step reads something newer, belongs where the newer thing is.
   */
  moveInside(scope: Scope): boolean {
    if (scope.#closed || scope.isInside(this)) return false
    for (let mover: Scope = this; mover.#parent !== undefined; mover = mover.#parent) {
      if (!scope.isInside(mover.#parent)) continue
      mover.#parent = scope
      return true
    }
    return false
  }

  /** A new graph input. */
  input(type: TensorType): Tensor {
    const value: Value = { type: { dtype: type.dtype, shape: [...type.shape] } }
    this.inputs.push(value)
    return this.tensor(value)
  }

  /** A tensor for a value that already belongs to this scope. */
  tensor(value: Value): Tensor {
    return { scope: this, value, dtype: value.type.dtype, shape: value.type.shape }
  }

  /** A constant node. */
  constant(value: NdArray): Tensor {
    return this.emit('constant', [], { value })[0]!
  }

  /** Appends one node; inputs of enclosing scopes are captured. Runs the shape rule, so wrong calls fail here. */
  emit<Name extends PrimitiveName>(
    name: Name,
    inputs: readonly Tensor[],
    attributes: PrimitiveAttributes[Name],
  ): Tensor[] {
    const local = inputs.map(input => this.#localise(input, name))
    const types = this.primitives[name].infer(
      local.map(value => value.type),
      attributes,
    )
    const outputs = types.map((type): Value => ({ type }))
    this.append({ primitive: name, inputs: local, outputs, attributes })
    return outputs.map(value => this.tensor(value))
  }

  /** Appends a node whose inputs are values of this scope. */
  append(node: Node): void {
    this.nodes.push(node)
    for (const output of node.outputs) this.#producers.set(output, node)
  }

  /** The node that makes a value of this scope, if it is not an input. */
  producer(value: Value): Node | undefined {
    return this.#producers.get(value)
  }

  /**
   * Puts `replacement`, which makes at least the same output values, in the place of `node`. Loops use it to hand
   * out more of what they compute when the backward pass asks for it.
   */
  replace(node: Node, replacement: Node): void {
    const index = this.nodes.indexOf(node)
    this.nodes[index] = replacement
    for (const output of replacement.outputs) this.#producers.set(output, replacement)
  }

  /** Whether `ancestor` is this scope or encloses it. */
  isInside(ancestor: Scope): boolean {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      if (scope === ancestor) return true
    }
    return false
  }

  /** The tensor outside that an input of this scope stands for, if the input is a capture. */
  outerOf(inner: Value): Tensor | undefined {
    for (const capture of this.captures.values()) if (capture.inner === inner) return capture.outer
    return undefined
  }

  /** The value of this scope that stands for a tensor of this or an enclosing scope. */
  reference(tensor: Tensor): Value {
    return this.#localise(tensor, 'reference')
  }

  /** The finished graph: inputs in order of creation, captures last. */
  finish(outputs: readonly Tensor[]): Graph {
    const values = outputs.map(output => this.#localise(output, 'output'))
    this.#closed = true
    return { inputs: [...this.inputs], nodes: sortTopologically(this.nodes), outputs: values }
  }

  #localise(tensor: Tensor, name: string): Value {
    if (tensor.scope === this) return tensor.value
    const reachable =
      this.isInside(tensor.scope) || (this.isNewerThan(tensor.scope) && this.moveInside(tensor.scope))
    if (!reachable) throw outOfScope(name, tensor)
    const known = this.captures.get(tensor.value)
    if (known !== undefined) return known.inner
    const producer = tensor.scope.producer(tensor.value)
    if (isNode(producer, 'constant')) {
      // A constant costs nothing to repeat, and a body that holds it can be simplified.
      const inner = this.constant(producer.attributes.value).value
      this.captures.set(tensor.value, { outer: tensor, inner })
      return inner
    }
    const inner = this.input(tensor).value
    this.captures.set(tensor.value, { outer: tensor, inner })
    return inner
  }
}

/**
 * The innermost scope among the operands: the one that lies inside all others.
 *
 * @throws `NOT_TRACED` when no operand is a tensor, `TENSOR_OUT_OF_SCOPE` when two belong to unrelated traces.
 */
export function deepestScope(inputs: readonly TensorLike[], name: string): Scope {
  let deepest: Scope | undefined
  for (const input of inputs) {
    if (!isTensor(input) || input.scope === deepest) continue
    if (deepest === undefined || input.scope.isInside(deepest)) deepest = input.scope
    else if (!deepest.isInside(input.scope)) deepest = joined(deepest, input, name)
  }
  if (deepest !== undefined) return deepest
  throw new ElmanError('NOT_TRACED', {
    message: `"${name}" needs at least one traced tensor among its operands`,
    found: 'only concrete numbers',
    hint: 'call it inside trace(...), or wrap the computation: evaluate(() => ...)',
  })
}

/** Of two scopes side by side, the newer moves inside the older: it was opened by something that runs there. */
function joined(scope: Scope, tensor: Tensor, name: string): Scope {
  const [older, newer] = scope.isNewerThan(tensor.scope) ? [tensor.scope, scope] : [scope, tensor.scope]
  if (!newer.moveInside(older)) throw outOfScope(name, tensor)
  return newer
}

function outOfScope(name: string, tensor: TensorType): ElmanError {
  return new ElmanError('TENSOR_OUT_OF_SCOPE', {
    message: `"${name}" was given a tensor ${formatType(tensor)} from a trace that is not open here`,
    hint: 'return it from the function it was made in (scan, grad, trace) instead of storing it outside',
  })
}

/** Applies a primitive to tensors and concrete numbers (lifted with the dtype they have; numbers as float32). */
export function apply<Name extends PrimitiveName>(
  name: Name,
  inputs: readonly TensorLike[],
  attributes: PrimitiveAttributes[Name],
): Tensor[] {
  const scope = deepestScope(inputs, name)
  const tensors = inputs.map(input => lift(scope, input, 'float32'))
  return scope.emit(name, tensors, attributes)
}

/** A tensor for `value` in `scope`; plain numbers become scalars of `dtype`. */
export function lift(scope: Scope, value: TensorLike, dtype: DType): Tensor {
  if (isTensor(value)) return value
  return scope.constant(isNdArray(value) ? value : scalar(value, dtype))
}

function scalar(value: number, dtype: DType): NdArray {
  const shape: Shape = []
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.of(value) }
    case 'float64':
      return { dtype, shape, data: Float64Array.of(value) }
    case 'int32':
      return { dtype, shape, data: Int32Array.of(value) }
    case 'int64':
      return { dtype, shape, data: BigInt64Array.of(BigInt(value)) }
    case 'bool':
      return { dtype, shape, data: Uint8Array.of(value === 0 ? 0 : 1) }
  }
}

/** Nodes in an order in which values are made before they are used; keeps the given order where it already is. */
function sortTopologically(nodes: readonly Node[]): Node[] {
  const makers = new Map<Value, Node>()
  for (const node of nodes) for (const output of node.outputs) makers.set(output, node)
  const sorted: Node[] = []
  const done = new Set<Node>()
  const visit = (root: Node): void => {
    const stack: { node: Node; next: number }[] = [{ node: root, next: 0 }]
    while (stack.length > 0) {
      const top = stack.at(-1)!
      if (top.next < top.node.inputs.length) {
        const maker = makers.get(top.node.inputs[top.next++]!)
        if (maker !== undefined && !done.has(maker)) stack.push({ node: maker, next: 0 })
        continue
      }
      stack.pop()
      if (done.has(top.node)) continue
      done.add(top.node)
      sorted.push(top.node)
    }
  }
  for (const node of nodes) if (!done.has(node)) visit(node)
  return sorted
}
