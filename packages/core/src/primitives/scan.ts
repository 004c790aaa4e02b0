import { ElmanError } from '../errors/elman-error.ts'
import type { Graph, Value } from '../ir/graph.ts'
import type { BatchingContext, DerivativeContext, Primitive } from '../ir/primitive.ts'
import { apply, deepestScope, isTensor, Scope, type Tensor } from '../ir/scope.ts'
import { broadcastTo } from '../ops/elementwise.ts'
import { sum } from '../ops/reduction.ts'
import { transpose } from '../ops/shape.ts'
import { isFloat, sameShape } from '../tensor/dtype.ts'
import { filled, type NdArray } from '../tensor/nd-array.ts'
import { copyBlocks } from '../tensor/strided.ts'
import { batchGraph } from '../transform/batch-graph.ts'
import { linearize } from '../transform/linearize.ts'
import { statesBefore } from '../transform/states-before.ts'
import { mismatch } from './rules.ts'

/**
 * A loop over time. Inputs: constants, initial carried state, sequences (length, ...). Outputs: final state, then
 * the steps' outputs stacked (length, ...).
 */
export const scan: Primitive<'scan'> = {
  summary: 'Runs a body once per time step with carried state; stacks what each step hands out.',
  infer: (inputs, { body, constants, carried, length }) => {
    if (body.inputs.length !== inputs.length || body.outputs.length < carried) {
      throw mismatch('scan', `${body.inputs.length} inputs, as its body has`, inputs)
    }
    body.inputs.forEach((value, i) => {
      const given = inputs[i]!
      const expected = i < constants + carried ? value.type.shape : [length, ...value.type.shape]
      if (given.dtype !== value.type.dtype || !sameShape(given.shape, expected)) {
        throw mismatch('scan', `input ${i} to be ${value.type.dtype}[${expected.join(',')}]`, inputs)
      }
    })
    for (let i = 0; i < carried; i++) {
      const [before, after] = [body.inputs[constants + i]!.type, body.outputs[i]!.type]
      if (before.dtype !== after.dtype || !sameShape(before.shape, after.shape)) {
        throw new ElmanError('SCAN_STATE_CHANGES', {
          message: `carried state ${i} of a scan changes its type from step to step`,
          expected: `${before.dtype}[${before.shape.join(',')}]`,
          found: `${after.dtype}[${after.shape.join(',')}]`,
        })
      }
    }
    return body.outputs.map(({ type }, i) =>
      i < carried ? type : { dtype: type.dtype, shape: [length, ...type.shape] },
    )
  },
  derivative: scanDerivative,
  batch: scanBatch,
  evaluate: (inputs, { body, constants, carried, length, reverse }, run) => {
    const fixed = inputs.slice(0, constants)
    let state = inputs.slice(constants, constants + carried)
    const sequences = inputs.slice(constants + carried)
    const stacked = body.outputs
      .slice(carried)
      .map(({ type }) => filled([length, ...type.shape], 0, type.dtype))
    for (let i = 0; i < length; i++) {
      const t = reverse ? length - 1 - i : i
      const results = run(body, [...fixed, ...state, ...sequences.map(sequence => itemAt(sequence, t))])
      state = results.slice(0, carried)
      results.slice(carried).forEach((result, k) => {
        copyBlocks({ ...result, shape: [1, ...result.shape] }, stacked[k]!, [t, ...result.shape.map(() => 0)])
      })
    }
    return [...state, ...stacked]
  },
}

function itemAt(sequence: NdArray, t: number): NdArray {
  const size = sequence.data.length / sequence.shape[0]!
  return {
    dtype: sequence.dtype,
    shape: sequence.shape.slice(1),
    data: sequence.data.slice(t * size, (t + 1) * size),
  }
}

/**
 * The backward loop runs the other way, carries the cotangent of the state, and reads what the forward loop
 * saved. The forward loop is replaced by one that also hands out exactly those values.
 */
function scanDerivative(context: DerivativeContext<'scan'>): (Tensor | undefined)[] {
  const { inputs, attributes, cotangents, needed, scope, node } = context
  const { body, constants, carried, length, reverse } = attributes
  const forward = new Scope(scope.primitives, scope)
  const forwardInputs = body.inputs.map(value => forward.input(value.type))
  const wanted = activeInputs(scope, body, constants, carried, needed)
  const { outputs, active, pull } = linearize(forward, body, forwardInputs, wanted)

  const backward = new Scope(scope.primitives, forward)
  const stateCotangents = outputs
    .slice(0, carried)
    .map((output, i) => (active[i] && wanted[constants + i] ? backward.input(output) : undefined))
  const outputCotangents = outputs
    .slice(carried)
    .map((output, i) =>
      active[carried + i] && cotangents[carried + i] !== undefined ? backward.input(output) : undefined,
    )
  const ownInputs = backward.inputs.length
  const pulled = pull([...stateCotangents, ...outputCotangents])
  const nextStates = stateCotangents.flatMap((cotangent, i) =>
    cotangent === undefined
      ? []
      : [
          pulled[constants + i] ??
            broadcastTo(backward.constant(filled([], 0, cotangent.dtype)), cotangent.shape),
        ],
  )
  const contributions = pulled.map((cotangent, i) =>
    (i < constants || i >= constants + carried) && wanted[i] ? cotangent : undefined,
  )
  const backwardGraph = backward.finish([...nextStates, ...contributions.filter(c => c !== undefined)])

  // Every value that the backward body reads from outside: a constant, a sequence, a state before, or a saved result.
  const saved: Tensor[] = []
  const stackOf = (tensor: Tensor): number => {
    const known = [...outputs.slice(carried), ...saved].findIndex(output => output.value === tensor.value)
    if (known >= 0) return carried + known
    saved.push(tensor)
    return outputs.length + saved.length - 1
  }
  type Source =
    | { constant: Tensor }
    | { sequence: Tensor }
    | { before: number; after: number }
    | { stacked: number }
  const captured = [...backward.captures.values()].filter(({ inner }) => backwardGraph.inputs.includes(inner))
  const sources = captured.map(({ outer }): Source => {
    if (outer.scope !== forward) return { constant: outer }
    const index = forwardInputs.findIndex(input => input.value === outer.value)
    if (index < 0) return { stacked: stackOf(outer) }
    if (index < constants) return { constant: inputs[index]! }
    if (index >= constants + carried) return { sequence: inputs[index]! }
    return { before: index - constants, after: stackOf(outputs[index - constants]!) }
  })

  const stacks = replaceForward(context, forward, forwardInputs, [...outputs, ...saved], scope, node)
  const tensorOf = (source: Source): Tensor => {
    if ('constant' in source) return source.constant
    if ('sequence' in source) return source.sequence
    if ('stacked' in source) return stacks[source.stacked]!
    return statesBefore(inputs[constants + source.before]!, stacks[source.after]!, length, reverse)
  }
  const isConstant = sources.map(source => 'constant' in source)
  const pick = <T>(list: readonly T[], constant: boolean) => list.filter((_, i) => isConstant[i] === constant)
  const innerInputs = captured.map(({ inner }) => inner)
  const states = backwardGraph.inputs.slice(0, stateCotangents.filter(c => c !== undefined).length)
  const sequenceCotangents = backwardGraph.inputs.slice(states.length, ownInputs)
  const backwardBody: Graph = {
    inputs: [...pick(innerInputs, true), ...states, ...sequenceCotangents, ...pick(innerInputs, false)],
    nodes: backwardGraph.nodes,
    outputs: backwardGraph.outputs,
  }
  // In a loop within a loop, cotangents live in the outer backward body, and so must this loop.
  const target = deepestScope(cotangents.filter(isTensor), 'scan')
  const initial = stateCotangents.flatMap((cotangent, i) =>
    cotangent === undefined
      ? []
      : [cotangents[i] ?? broadcastTo(scope.constant(filled([], 0, cotangent.dtype)), cotangent.shape)],
  )
  const given = outputCotangents.flatMap((cotangent, i) =>
    cotangent === undefined ? [] : [cotangents[carried + i]!],
  )
  const results = target.emit(
    'scan',
    [...pick(sources, true).map(tensorOf), ...initial, ...given, ...pick(sources, false).map(tensorOf)],
    {
      body: backwardBody,
      constants: pick(sources, true).length,
      carried: states.length,
      length,
      reverse: !reverse,
    },
  )
  let nextState = 0
  let nextOutput = states.length
  return inputs.map((_, i) => {
    if (i >= constants && i < constants + carried)
      return stateCotangents[i - constants] === undefined ? undefined : results[nextState++]
    if (contributions[i] === undefined) return undefined
    const stackedContribution = results[nextOutput++]!
    return i < constants ? sum(stackedContribution, 0) : stackedContribution
  })
}

/** Which body inputs carry gradient: a state does when any step makes it depend on something that does. */
function activeInputs(
  scope: Scope,
  body: Graph,
  constants: number,
  carried: number,
  needed: readonly boolean[],
): boolean[] {
  const wanted = body.inputs.map((value, i) => needed[i]! && isFloat(value.type.dtype))
  for (;;) {
    const probe = new Scope(scope.primitives)
    const { active } = linearize(
      probe,
      body,
      body.inputs.map(value => probe.input(value.type)),
      wanted,
    )
    let changed = false
    for (let i = 0; i < carried; i++) {
      if (active[i] && !wanted[constants + i]) {
        wanted[constants + i] = true
        changed = true
      }
    }
    if (!changed) return wanted
  }
}

/** Swaps the forward loop for one with more outputs; returns a tensor for each of its outputs. */
function replaceForward(
  context: DerivativeContext<'scan'>,
  forward: Scope,
  forwardInputs: readonly Tensor[],
  outputs: readonly Tensor[],
  scope: Scope,
  node: DerivativeContext<'scan'>['node'],
): Tensor[] {
  const { constants, carried, length } = context.attributes
  const graph = forward.finish(outputs)
  const own = forwardInputs.map(input => input.value)
  const captures = graph.inputs.filter(value => !own.includes(value))
  const outers = captures.map(value => forward.outerOf(value)!)
  const body: Graph = {
    inputs: [...own.slice(0, constants), ...captures, ...own.slice(constants)],
    nodes: graph.nodes,
    outputs: graph.outputs,
  }
  const saved = graph.outputs
    .slice(node.outputs.length)
    .map(({ type }): Value => ({ type: { dtype: type.dtype, shape: [length, ...type.shape] } }))
  const nodeInputs = [
    ...node.inputs.slice(0, constants),
    ...outers.map(outer => scope.reference(outer)),
    ...node.inputs.slice(constants),
  ]
  const replacement = {
    primitive: 'scan' as const,
    inputs: nodeInputs,
    outputs: [...node.outputs, ...saved],
    attributes: { ...context.attributes, body, constants: constants + captures.length, carried },
  }
  scope.replace(node, replacement)
  return replacement.outputs.map(value => scope.tensor(value))
}

function scanBatch({ inputs, batched, attributes, size }: BatchingContext<'scan'>): Tensor[] {
  const { body, constants, carried, length, reverse } = attributes
  const scope = deepestScope(inputs, 'scan')
  const flags = [...batched]
  for (;;) {
    const inner = new Scope(scope.primitives)
    const bodyInputs = body.inputs.map(({ type }, i) =>
      inner.input(flags[i] ? { dtype: type.dtype, shape: [size, ...type.shape] } : type),
    )
    const result = batchGraph(inner, body, bodyInputs, flags, size)
    let changed = false
    for (let i = 0; i < carried; i++) {
      if (result.batched[i] && !flags[constants + i]) {
        flags[constants + i] = true
        changed = true
      }
    }
    if (changed) continue
    const outputs = result.outputs.map((output, i) => {
      const mustBatch = i < carried ? flags[constants + i]! : true
      return mustBatch && !result.batched[i] ? broadcastTo(output, [size, ...output.shape]) : output
    })
    const arguments_ = inputs.map((input, i) => {
      if (!flags[i]) return input
      const full = batched[i] ? input : broadcastTo(input, [size, ...input.shape])
      return i < constants + carried
        ? full
        : transpose(full, [1, 0, ...full.shape.slice(2).map((_, k) => k + 2)])
    })
    const results = apply('scan', arguments_, {
      body: inner.finish(outputs),
      constants,
      carried,
      length,
      reverse,
    })
    return results.map((tensor, i) => {
      if (i < carried) return flags[constants + i] ? tensor : broadcastTo(tensor, [size, ...tensor.shape])
      return transpose(tensor, [1, 0, ...tensor.shape.slice(2).map((_, k) => k + 2)])
    })
  }
}
