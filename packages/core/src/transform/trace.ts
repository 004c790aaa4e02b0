import type { Backend, CompileOptions, Executable } from '../backend/backend.ts'
import type { Graph } from '../ir/graph.ts'
import { isTensorLike, lift, Scope, type Tensor } from '../ir/scope.ts'
import { primitives } from '../primitives/index.ts'
import { interpret } from '../reference/interpreter.ts'
import type { TensorType } from '../tensor/dtype.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { leavesOf, leavesWithPaths, withLeaves } from './tree.ts'

/** Records and lists of `To` in the arrangement of `T`, whose leaves are arrays or types. */
export type LeavesAs<T, To> = T extends TensorType ? To : { [K in keyof T]: LeavesAs<T[K], To> }

/** Whether a value describes a tensor: an array, or just dtype and shape. */
export function isTensorType(value: unknown): value is TensorType {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dtype' in value &&
    'shape' in value &&
    Array.isArray(value.shape)
  )
}

/** A function as a graph, with what its inputs and outputs are called. */
export interface TracedFunction<Result> {
  readonly graph: Graph
  /** Path of each graph input: argument index, then names, such as `0.rnn.recurrent`. */
  readonly inputs: readonly { readonly path: string; readonly type: TensorType }[]
  /** Path of each graph output. */
  readonly outputs: readonly { readonly path: string; readonly type: TensorType }[]
  /** Results, in graph order, arranged as the function returned them. */
  readonly arrange: (results: readonly NdArray[]) => Result
}

/** What a traced function may return: tensors in records and lists. */
type ResultOf<R> = LeavesAs<R, NdArray>

/**
 * Runs `f` once with symbolic tensors in place of the arguments' leaves and records it as a graph. Arguments are
 * nested records of arrays, or of `{ dtype, shape }` where no numbers are at hand.
 */
export function trace<Args extends readonly unknown[], R>(
  f: (...args: { [K in keyof Args]: LeavesAs<Args[K], Tensor> }) => R,
  ...args: Args
): TracedFunction<ResultOf<R>>
/** The same for a function whose parameters are typed by hand. */
export function trace<R>(f: (...args: never[]) => R, ...args: readonly unknown[]): TracedFunction<ResultOf<R>>
export function trace<R>(
  f: (...args: never[]) => R,
  ...args: readonly unknown[]
): TracedFunction<ResultOf<R>> {
  const scope = new Scope(primitives)
  const inputs = leavesWithPaths<TensorType>(args, isTensorType)
  const symbolic = inputs.map(({ leaf }) => scope.input(leaf))
  const result = f(...(withLeaves(args, isTensorType, symbolic) as never[]))
  const outputs = leavesWithPaths<Tensor>(result, isTensorLike)
  const graph = scope.finish(outputs.map(({ leaf }) => lift(scope, leaf, 'float32')))
  return {
    graph,
    inputs: inputs.map(({ path, leaf }) => ({ path, type: { dtype: leaf.dtype, shape: leaf.shape } })),
    outputs: outputs.map(({ path }, i) => ({ path, type: graph.outputs[i]!.type })),
    arrange: results => withLeaves(result, isTensorLike, results) as ResultOf<R>,
  }
}

/** Runs a tensor function once on concrete arrays with the reference interpreter. For checks and small host work. */
export function evaluate<Args extends readonly unknown[], R>(
  f: (...args: { [K in keyof Args]: LeavesAs<Args[K], Tensor> }) => R,
  ...args: Args
): ResultOf<R>
/** The same for a function whose parameters are typed by hand. */
export function evaluate<R>(f: (...args: never[]) => R, ...args: readonly unknown[]): ResultOf<R>
export function evaluate<R>(f: (...args: never[]) => R, ...args: readonly unknown[]): ResultOf<R> {
  const traced = trace(f, ...args)
  return traced.arrange(interpret(traced.graph, leavesOf<NdArray>(args, isTensorType)))
}

/** A compiled function of arrays; `dispose` frees the backend's part. */
export interface CompiledFunction<Args extends readonly unknown[], Result> {
  (...args: Args): Promise<Result>
  readonly graph: Graph
  readonly executable: Executable
  /** Frees the backend's part. */
  readonly dispose: () => Promise<void>
}

/** Traces `f` for arguments of the types of `examples` and compiles it on a backend. */
export async function compileFunction<Args extends readonly unknown[], R>(
  backend: Backend,
  f: (...args: { [K in keyof Args]: LeavesAs<Args[K], Tensor> }) => R,
  examples: Args,
  options: CompileOptions = {},
): Promise<CompiledFunction<Args, ResultOf<R>>> {
  const traced = trace(f, ...examples)
  const executable = await backend.compile(traced.graph, options)
  const call = async (...args: Args) =>
    traced.arrange(await executable.run(leavesOf<NdArray>(args, isTensorType)))
  return Object.assign(call, { graph: traced.graph, executable, dispose: () => executable.dispose() })
}
