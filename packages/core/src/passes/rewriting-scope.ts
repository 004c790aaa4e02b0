import type { PrimitiveAttributes, PrimitiveName } from '../ir/attributes.ts'
import type { Value } from '../ir/graph.ts'
import type { PrimitiveTable } from '../ir/primitive.ts'
import { Scope, type Tensor } from '../ir/scope.ts'
import { type NdArray, toNumbers } from '../tensor/nd-array.ts'
import { madeBy } from './patterns.ts'

/** What a rule sees of the call it may replace. */
export interface Call<Name extends PrimitiveName> {
  readonly scope: RewritingScope
  readonly inputs: readonly Tensor[]
  readonly attributes: PrimitiveAttributes[Name]
}

/** Returns tensors that equal the call's outputs, or nothing when it does not apply. */
export type Rule<Name extends PrimitiveName> = (call: Call<Name>) => readonly Tensor[] | undefined

/** Rules by the primitive they look at, tried in order. */
export type RuleBook = { readonly [Name in PrimitiveName]?: readonly Rule<Name>[] }

/** Constants up to this size are compared by value and folded. */
const SMALL = 64

/**
 * A scope that simplifies while it is written: rules first, then an equal earlier node, then a new one. Passes copy
 * a graph into it.
 */
export class RewritingScope extends Scope {
  readonly #rules: RuleBook
  readonly #known = new Map<string, Tensor[]>()
  readonly #numbers = new Map<Value, number>()

  constructor(primitives: PrimitiveTable, rules: RuleBook, parent?: Scope) {
    super(primitives, parent)
    this.#rules = rules
  }

  override emit<Name extends PrimitiveName>(
    name: Name,
    inputs: readonly Tensor[],
    attributes: PrimitiveAttributes[Name],
  ): Tensor[] {
    for (const rule of (this.#rules[name] ?? []) as readonly Rule<Name>[]) {
      const replaced = rule({ scope: this, inputs, attributes })
      if (replaced !== undefined) return [...replaced]
    }
    const folded = this.#fold(name, inputs, attributes)
    if (folded !== undefined) return folded
    const identity = this.#identityOf(name, inputs, attributes)
    const known = identity === undefined ? undefined : this.#known.get(identity)
    if (known !== undefined) return known
    const outputs = super.emit(name, inputs, attributes)
    if (identity !== undefined) this.#known.set(identity, outputs)
    return outputs
  }

  #fold<Name extends PrimitiveName>(
    name: Name,
    inputs: readonly Tensor[],
    attributes: PrimitiveAttributes[Name],
  ): Tensor[] | undefined {
    if (inputs.length === 0 || name === 'scan' || name === 'checkpoint' || name === 'broadcastTo')
      return undefined
    const values: NdArray[] = []
    for (const input of inputs) {
      const node = madeBy(input, 'constant')
      if (node === undefined) return undefined
      values.push(node.attributes.value)
    }
    const primitive = this.primitives[name]
    const types = primitive.infer(inputs, attributes)
    if (types.some(({ shape }) => shape.reduce((a, b) => a * b, 1) > SMALL)) return undefined
    const run = () => {
      throw new Error('constant folding never runs sub-graphs')
    }
    return primitive.evaluate(values, attributes, run).map(value => this.constant(value))
  }

  #identityOf(name: PrimitiveName, inputs: readonly Tensor[], attributes: unknown): string | undefined {
    if (name === 'scan' || name === 'checkpoint') return undefined
    const operands = inputs.map(input => this.#numberOf(input.value)).join(',')
    if (name !== 'constant') return `${name}(${operands})${JSON.stringify(attributes)}`
    const { value } = attributes as PrimitiveAttributes['constant']
    if (value.data.length > SMALL) return undefined
    // JSON would turn −0, NaN and infinities into something else.
    return `constant ${value.dtype}[${value.shape}] ${toNumbers(value).map(x => (Object.is(x, -0) ? '-0' : String(x)))}`
  }

  #numberOf(value: Value): number {
    const known = this.#numbers.get(value)
    if (known !== undefined) return known
    this.#numbers.set(value, this.#numbers.size)
    return this.#numbers.size - 1
  }
}
