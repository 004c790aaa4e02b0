import type { Primitive } from '../ir/primitive.ts'
import { apply, Scope } from '../ir/scope.ts'
import { batchGraph } from '../transform/batch-graph.ts'
import { linearize } from '../transform/linearize.ts'
import { mismatch } from './rules.ts'

/** A sub-graph whose intermediate values are not kept for the backward pass but computed again there. */
export const checkpoint: Primitive<'checkpoint'> = {
  summary: 'Calls a graph; its gradient runs the graph again instead of keeping what is inside.',
  infer: (inputs, { body }) => {
    if (inputs.length !== body.inputs.length)
      throw mismatch('checkpoint', `${body.inputs.length} inputs`, inputs)
    return body.outputs.map(output => output.type)
  },
  derivative: ({ inputs, attributes, cotangents, needed, scope }) =>
    linearize(scope, attributes.body, inputs, needed).pull(cotangents),
  batch: ({ inputs, batched, attributes, size }) => {
    const inner = new Scope(inputs[0]!.scope.primitives)
    const bodyInputs = attributes.body.inputs.map(({ type }, i) =>
      inner.input(batched[i] ? { dtype: type.dtype, shape: [size, ...type.shape] } : type),
    )
    const result = batchGraph(inner, attributes.body, bodyInputs, batched, size)
    const outputs = result.outputs.map((output, i) =>
      result.batched[i] ? output : apply('broadcastTo', [output], { shape: [size, ...output.shape] })[0]!,
    )
    return apply('checkpoint', inputs, { body: inner.finish(outputs) })
  },
  evaluate: (inputs, { body }, run) => run(body, inputs),
}
