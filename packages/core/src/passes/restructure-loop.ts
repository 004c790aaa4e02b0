/**
 * Takes a loop apart: *hoist* moves out what does not wait for the carried state and runs it once over the whole
 * sequence; *defer* moves behind the loop the heavy work that no step waits for (weight gradients), to be done
 * once on stacked operands; *trim* drops what nobody reads; products that share an operand are merged. What is
 * left inside is what really has to happen step by step.
 *
 * One file of about 400 lines, because every step of the surgery needs to know where each value has gone.
 */
import type { ScanAttributes } from '../ir/attributes.ts'
import type { Graph, Node, Value } from '../ir/graph.ts'
import { countUses } from '../ir/graph.ts'
import type { Tensor } from '../ir/scope.ts'
import { broadcastTo } from '../ops/elementwise.ts'
import { concat, split } from '../ops/shape.ts'
import { batchNode } from '../transform/batch-graph.ts'
import { statesBefore } from '../transform/states-before.ts'
import { isExpansion, liveParts, mergeableProducts, sinkable, type Timing, timings } from './loop-analysis.ts'
import { madeBy, operand } from './patterns.ts'
import { RewritingScope, type RuleBook } from './rewriting-scope.ts'

/** Rebuilds a loop in `scope`; results that nobody reads (`used` false) are undefined. */
export function restructureLoop(
  scope: RewritingScope,
  rules: RuleBook,
  inputs: readonly Tensor[],
  attributes: ScanAttributes,
  used: readonly boolean[],
): (Tensor | undefined)[] {
  return new LoopSurgery(scope, rules, inputs, attributes, used).run()
}

/** Where a value of the old body is found now. */
interface Place {
  readonly timing: Timing
  /** Outside the loop: the value itself (invariant) or stacked over time (sequence). */
  outer?: Tensor
  /** Inside the new loop. */
  inner?: Tensor
  /** An expansion that is repeated wherever it is needed. */
  readonly expansion?: Node
}

class LoopSurgery {
  readonly #scope: RewritingScope
  readonly #loop: RewritingScope
  readonly #body: Graph
  readonly #attributes: ScanAttributes
  readonly #inputs: readonly Tensor[]
  readonly #used: readonly boolean[]
  readonly #places = new Map<Value, Place>()
  /** Sequences that the new loop reads: the value inside, and the tensor outside. */
  readonly #sequences = new Map<Value, Tensor>()
  readonly #sequenceOf = new Map<Value, Tensor>()
  readonly #stacked: Tensor[] = []

  constructor(
    scope: RewritingScope,
    rules: RuleBook,
    inputs: readonly Tensor[],
    attributes: ScanAttributes,
    used: readonly boolean[],
  ) {
    this.#scope = scope
    this.#loop = new RewritingScope(scope.primitives, rules, scope)
    this.#body = attributes.body
    this.#attributes = attributes
    this.#inputs = inputs
    this.#used = used
  }

  run(): (Tensor | undefined)[] {
    const { constants, carried, length, reverse } = this.#attributes
    const body = this.#body
    const live = liveParts(body, this.#attributes, this.#used)
    const states = live.states.map(i => this.#loop.input(body.inputs[constants + i]!.type))
    const timing = timings(body, this.#attributes)
    body.inputs.forEach((value, i) => {
      const own = timing.get(value)!
      if (own !== 'carried') this.#places.set(value, { timing: own, outer: this.#inputs[i]! })
    })
    live.states.forEach((i, k) => {
      this.#places.set(body.inputs[constants + i]!, { timing: 'carried', inner: states[k]! })
    })
    const roots = [
      ...live.states.map(i => body.outputs[i]!),
      ...live.stacked.map(k => body.outputs[carried + k]!),
    ]
    const kept = this.#nodesFor(roots)
    const trimmed: Graph = { inputs: body.inputs, nodes: kept, outputs: roots }
    const sunk = sinkable(trimmed, { ...this.#attributes, carried: live.states.length }, timing)
    this.#placeEarlyNodes(kept, timing)
    this.#placeLoopNodes(trimmed, timing, sunk)

    const nextStates = live.states.map(i => this.#inside(body.outputs[i]!))
    // State after each step, stacked, is also where the states before each step come from.
    const before = new Map<Value, number>(live.states.map((i, k) => [body.inputs[constants + i]!, k]))
    const lateInputs = [...sunk].flatMap(node => node.inputs)
    const direct = live.stacked.map(k => body.outputs[carried + k]!)
    for (const value of [...lateInputs, ...direct]) {
      const place = this.#places.get(value)
      if (place?.timing !== 'carried' || place.inner === undefined) continue
      const state = before.get(value)
      this.#stack(state === undefined ? place.inner : nextStates[state]!)
    }
    const [finals, stacks] = this.#emitLoop(states, nextStates, live.states, length, reverse)
    const late = new Map<Value, Tensor>()
    const outside = (value: Value): { tensor: Tensor; batched: boolean } => {
      const known = late.get(value)
      if (known !== undefined) return { tensor: known, batched: true }
      const place = this.#places.get(value)!
      if (place.timing === 'invariant') return { tensor: this.#outside(value), batched: false }
      if (place.timing === 'sequence') return { tensor: this.#outside(value), batched: true }
      const state = before.get(value)
      if (state === undefined) return { tensor: stacks.get(place.inner!.value)!, batched: true }
      const after = stacks.get(nextStates[state]!.value) ?? this.#outsideOfInner(nextStates[state]!)
      return {
        tensor: statesBefore(this.#inputs[constants + live.states[state]!]!, after, length, reverse),
        batched: true,
      }
    }
    for (const node of kept) {
      if (!sunk.has(node)) continue
      const operands = node.inputs.map(outside)
      const result = batchNode(
        this.#scope,
        node.primitive,
        operands.map(({ tensor }) => tensor),
        operands.map(({ batched }) => batched),
        node.attributes,
        length,
      )
      node.outputs.forEach((value, i) => {
        late.set(value, result.outputs[i]!)
      })
    }
    return body.outputs.map((value, i) => {
      if (i < carried) return live.states.includes(i) ? finals[live.states.indexOf(i)]! : undefined
      if (!live.stacked.includes(i - carried)) return undefined
      const { tensor, batched } = outside(value)
      return batched ? tensor : broadcastTo(tensor, [length, ...tensor.shape])
    })
  }

  #nodesFor(roots: readonly Value[]): Node[] {
    const wanted = new Set<Value>(roots)
    const nodes: Node[] = []
    for (const node of this.#body.nodes.toReversed()) {
      if (!node.outputs.some(output => wanted.has(output))) continue
      for (const input of node.inputs) wanted.add(input)
      nodes.push(node)
    }
    return nodes.reverse()
  }

  /** Hoist: nodes that never see the carried state run outside, once (invariant) or batched over time (sequence). */
  #placeEarlyNodes(nodes: readonly Node[], timing: ReadonlyMap<Value, Timing>): void {
    for (const node of nodes) {
      const own = timing.get(node.outputs[0]!)!
      if (own === 'carried') continue
      if (isExpansion(node)) {
        this.#places.set(node.outputs[0]!, { timing: own, expansion: node })
        continue
      }
      const operands = node.inputs.map(value => this.#outside(value))
      const flags = node.inputs.map(value => this.#places.get(value)!.timing === 'sequence')
      const result = batchNode(
        this.#scope,
        node.primitive,
        operands,
        flags,
        node.attributes,
        this.#attributes.length,
      )
      node.outputs.forEach((value, i) => {
        this.#places.set(value, { timing: own, outer: result.outputs[i]! })
      })
    }
  }

  #placeLoopNodes(body: Graph, timing: ReadonlyMap<Value, Timing>, sunk: ReadonlySet<Node>): void {
    const groups = mergeableProducts(body, timing, sunk)
    const uses = countUses(body)
    for (const node of body.nodes) {
      if (timing.get(node.outputs[0]!) !== 'carried' || sunk.has(node) || this.#places.has(node.outputs[0]!))
        continue
      const group = groups.get(node)
      if (group !== undefined) {
        this.#mergeProducts(group, body, timing, uses)
        continue
      }
      const regrouped =
        node.primitive === 'add' || node.primitive === 'mul'
          ? this.#regroup(node as Node<'add' | 'mul'>, timing, uses)
          : undefined
      const outputs =
        regrouped ??
        this.#loop.emit(
          node.primitive,
          node.inputs.map(value => this.#inside(value)),
          node.attributes,
        )
      node.outputs.forEach((value, i) => {
        this.#places.set(value, { timing: 'carried', inner: outputs[i]! })
      })
    }
  }

  /** (c ∘ a) ∘ b with a and b known early becomes c ∘ (a ∘ b), for sums and products. */
  #regroup(
    node: Node<'add' | 'mul'>,
    timing: ReadonlyMap<Value, Timing>,
    uses: ReadonlyMap<Value, number>,
  ): Tensor[] | undefined {
    const late = node.inputs.findIndex(value => timing.get(value) === 'carried')
    const early = node.inputs[1 - late]!
    if (timing.get(early) === 'carried' || uses.get(node.inputs[late]!) !== 1) return undefined
    const inner = this.#places.get(node.inputs[late]!)!.inner!
    if (inner.scope !== this.#loop || madeBy(inner, node.primitive) === undefined) return undefined
    for (const side of [0, 1] as const) {
      const known = this.#outsideIfEarly(operand(inner, side))
      if (known === undefined) continue
      const combined = this.#combineEarly(node.primitive, known, {
        tensor: this.#outside(early),
        sequence: timing.get(early) === 'sequence',
      })
      return this.#loop.emit(node.primitive, [operand(inner, 1 - side), combined], {})
    }
    return undefined
  }

  #combineEarly(name: 'add' | 'mul', a: Early, b: Early): Tensor {
    const result = batchNode(
      this.#scope,
      name,
      [a.tensor, b.tensor],
      [a.sequence, b.sequence],
      {},
      this.#attributes.length,
    )
    return result.batched[0] ? this.#readSequence(result.outputs[0]!) : result.outputs[0]!
  }

  /** The outside tensor that an operand inside the loop stands for, if it is known before the loop. */
  #outsideIfEarly(inner: Tensor): Early | undefined {
    if (inner.scope !== this.#loop) return { tensor: inner, sequence: false }
    const sequence = this.#sequences.get(inner.value)
    if (sequence !== undefined) return { tensor: sequence, sequence: true }
    const outer = this.#loop.outerOf(inner.value)
    return outer && { tensor: outer, sequence: false }
  }

  /** One wide product for several narrow ones; sums that each piece meets right after are widened along. */
  #mergeProducts(
    group: readonly Node<'matmul'>[],
    body: Graph,
    timing: ReadonlyMap<Value, Timing>,
    uses: ReadonlyMap<Value, number>,
  ): void {
    const { transposeB } = group[0]!.attributes
    const left = this.#inside(group[0]!.inputs[0]!)
    const right = concat(
      group.map(node => this.#outside(node.inputs[1]!)),
      transposeB ? 0 : 1,
    )
    let wide = this.#loop.emit('matmul', [left, right], { transposeA: false, transposeB })[0]!
    let pieces = group.map(node => node.outputs[0]!)
    const absorbed: Value[] = []
    for (;;) {
      const sums = pieces.map(piece =>
        uses.get(piece) === 1
          ? body.nodes.find(node => node.primitive === 'add' && node.inputs.includes(piece))
          : undefined,
      )
      const others = sums.map((node, i) => node?.inputs.find(value => value !== pieces[i]))
      if (!others.every(value => value !== undefined && timing.get(value) !== 'carried')) break
      const terms = others.map(value => this.#stackedOutside(value!))
      wide = this.#addWide(wide, concat(terms, -1))
      absorbed.push(...pieces)
      pieces = sums.map(node => node!.outputs[0]!)
    }
    const sizes = pieces.map(piece => piece.type.shape.at(-1)!)
    split(wide, sizes, -1).forEach((piece, i) => {
      this.#places.set(pieces[i]!, { timing: 'carried', inner: piece })
    })
    // Nobody reads these any more, but they must count as done.
    for (const value of absorbed) this.#places.set(value, { timing: 'carried', inner: wide })
  }

  #addWide(wide: Tensor, terms: Tensor): Tensor {
    const made = madeBy(wide, 'add')
    const known = made === undefined ? undefined : this.#outsideIfEarly(operand(wide, 1))
    if (known === undefined) return this.#loop.emit('add', [wide, this.#readSequence(terms)], {})[0]!
    const combined = this.#combineEarly('add', known, { tensor: terms, sequence: true })
    return this.#loop.emit('add', [operand(wide, 0), combined], {})[0]!
  }

  #stackedOutside(value: Value): Tensor {
    const tensor = this.#outside(value)
    return this.#places.get(value)!.timing === 'sequence'
      ? tensor
      : broadcastTo(tensor, [this.#attributes.length, ...tensor.shape])
  }

  /** A value known before the loop, as a tensor outside. */
  #outside(value: Value): Tensor {
    const place = this.#places.get(value)!
    if (place.outer !== undefined) return place.outer
    const node = place.expansion!
    const operands = node.inputs.map(input => this.#outside(input))
    const flags = node.inputs.map(input => this.#places.get(input)!.timing === 'sequence')
    place.outer = batchNode(
      this.#scope,
      node.primitive,
      operands,
      flags,
      node.attributes,
      this.#attributes.length,
    ).outputs[0]!
    return place.outer
  }

  /** A value as a tensor that nodes of the new loop may read. */
  #inside(value: Value): Tensor {
    const place = this.#places.get(value)!
    if (place.inner !== undefined) return place.inner
    if (place.expansion !== undefined) {
      const operands = place.expansion.inputs.map(input => this.#inside(input))
      place.inner = this.#loop.emit(place.expansion.primitive, operands, place.expansion.attributes)[0]!
    } else {
      place.inner = place.timing === 'invariant' ? place.outer! : this.#readSequence(place.outer!)
    }
    return place.inner
  }

  #readSequence(outer: Tensor): Tensor {
    const known = this.#sequenceOf.get(outer.value)
    if (known !== undefined) return known
    const inner = this.#loop.input({ dtype: outer.dtype, shape: outer.shape.slice(1) })
    this.#sequences.set(inner.value, outer)
    this.#sequenceOf.set(outer.value, inner)
    return inner
  }

  #outsideOfInner(inner: Tensor): Tensor {
    const early = this.#outsideIfEarly(inner)!
    return early.sequence
      ? early.tensor
      : broadcastTo(early.tensor, [this.#attributes.length, ...early.tensor.shape])
  }

  #stack(inner: Tensor): void {
    if (
      inner.scope === this.#loop &&
      this.#outsideIfEarly(inner) === undefined &&
      !this.#stacked.some(known => known.value === inner.value)
    ) {
      this.#stacked.push(inner)
    }
  }

  #emitLoop(
    states: readonly Tensor[],
    nextStates: readonly Tensor[],
    indices: readonly number[],
    length: number,
    reverse: boolean,
  ): [Tensor[], Map<Value, Tensor>] {
    const stacks = new Map<Value, Tensor>()
    if (states.length === 0 && this.#stacked.length === 0) return [[], stacks]
    const graph = this.#loop.finish([...nextStates, ...this.#stacked])
    const initial = indices.map(i => this.#inputs[this.#attributes.constants + i]!)
    const captures = [...this.#loop.captures.values()].filter(({ inner }) => graph.inputs.includes(inner))
    const read = graph.inputs.filter(value => this.#sequences.has(value))
    const results = this.#scope.emit(
      'scan',
      [...captures.map(({ outer }) => outer), ...initial, ...read.map(value => this.#sequences.get(value)!)],
      {
        body: {
          inputs: [...captures.map(({ inner }) => inner), ...states.map(state => state.value), ...read],
          nodes: graph.nodes,
          outputs: graph.outputs,
        },
        constants: captures.length,
        carried: states.length,
        length,
        reverse,
      },
    )
    this.#stacked.forEach((inner, k) => {
      stacks.set(inner.value, results[states.length + k]!)
    })
    return [results.slice(0, states.length), stacks]
  }
}

interface Early {
  readonly tensor: Tensor
  /** Whether it has the time axis in front. */
  readonly sequence: boolean
}
