/** The encoder of ULMFiT over padded documents: chunk after chunk with carried state (BPT3C). */
import {
  broadcastTo,
  concat,
  filled,
  foldInTensor,
  gather,
  isTensor,
  type LayerContext,
  leavesOf,
  mul,
  type Parameters,
  sliceAxis,
  stopGradient,
  type Tensor,
  type TensorParameters,
  type Traced,
  withLeaves,
} from '@elman/core'
import {
  embeddingRowDropout,
  lockedDropout,
  recurrent,
  recurrentStack,
  type SequenceLayer,
  type SequenceState,
} from '@elman/layers-recurrent'
import { type AwdDropouts, type AwdSizes, awdCells } from './awd-lstm.ts'

/** The layers of an AWD-LSTM without its softmax. */
export interface AwdEncoder {
  readonly stack: SequenceLayer
  /**
   * Outputs (time, batch, embedding) of one chunk, and the state after it.
   *
   * @param parameters - `embedding` and `rnn`.
   * @param ids - (time, batch) int32.
   * @param mask - (time, batch), not zero at real steps; the others leave the state as it is.
   */
  chunk(
    parameters: TensorParameters,
    ids: Tensor,
    mask: Tensor,
    state: SequenceState | undefined,
    context: LayerContext,
  ): { readonly outputs: Tensor; readonly state: SequenceState }
}

/** How documents are read in training. */
export interface ChunkOptions {
  /** Steps of a chunk. */
  readonly bptt: number
  /** Last steps of a document that are pooled; what is before only fills the state, and takes no memory. */
  readonly keep: number
  /** Whether gradients flow from chunk to chunk. False unless given, as in fastai. */
  readonly throughChunks?: boolean | undefined
}

/** Outputs of the steps that are kept, and their mask. */
export interface KeptSteps {
  /** (steps, batch, embedding). */
  readonly outputs: Tensor
  /** (steps, batch): 1 at real steps that are pooled, else 0. */
  readonly mask: Tensor
}

/** Makes the encoder. */
export function awdEncoder(sizes: AwdSizes, dropouts: AwdDropouts): AwdEncoder {
  const { input, hidden, embedding: rowRate, weights } = dropouts
  const stack = recurrentStack({
    layers: awdCells(sizes, weights).map(cell => recurrent(cell)),
    ...(input > 0 ? { input: lockedDropout(input) } : {}),
    ...(hidden > 0 ? { between: lockedDropout(hidden) } : {}),
  })
  const dropRows = embeddingRowDropout(rowRate)
  return {
    stack,
    chunk(parameters, ids, mask, state, context) {
      const table = parameters.embedding as Tensor
      let xs = gather(table, ids)
      if (rowRate > 0 && context.mode === 'train') {
        const dtype = table.dtype === 'float64' ? 'float64' : 'float32'
        const ones = broadcastTo(table.scope.constant(filled([], 1, dtype)), [table.shape[0]!, 1])
        xs = mul(xs, gather(dropRows(ones, part(context, 0)), ids))
      }
      return stack.apply(parameters.rnn as Traced<Parameters>, { xs, state, mask }, part(context, 1))
    },
  }
}

/**
 * Reads documents that end at the last step: padding is before them. The state is carried over chunks, which are
 * counted from the end; only the last `keep` steps learn and are given back, so that memory does not grow with the
 * length of the documents.
 */
export function readChunks(
  encoder: AwdEncoder,
  parameters: TensorParameters,
  ids: Tensor,
  mask: Tensor,
  { bptt, keep, throughChunks = false }: ChunkOptions,
  context: LayerContext,
): KeptSteps {
  const time = ids.shape[0]!
  const standing = stopped(parameters)
  const outputs: Tensor[] = []
  let state: SequenceState | undefined
  let begin = time % bptt === 0 ? 0 : (time % bptt) - bptt
  for (let number = 0; begin < time; begin += bptt, number++) {
    const [first, last] = [Math.max(0, begin), begin + bptt]
    const learns = last > time - keep
    const before = state === undefined || throughChunks ? state : (stopped(state) as SequenceState)
    const result = encoder.chunk(
      learns ? parameters : standing,
      sliceAxis(ids, 0, first, last),
      sliceAxis(mask, 0, first, last),
      before,
      part(context, number),
    )
    state = result.state
    if (!learns) continue
    const from = Math.max(0, time - keep - first)
    outputs.push(from === 0 ? result.outputs : sliceAxis(result.outputs, 0, from))
  }
  return {
    outputs: outputs.length === 1 ? outputs[0]! : concat(outputs, 0),
    mask: time > keep ? sliceAxis(mask, 0, time - keep) : mask,
  }
}

/** The same tensors without gradients. */
function stopped<Tree extends object>(tree: Tree): Tree {
  const leaves = leavesOf<Tensor>(tree, isTensor).map(leaf => stopGradient(leaf))
  return withLeaves(tree, isTensor, leaves) as Tree
}

function part(context: LayerContext, number: number): LayerContext {
  return context.key === undefined ? context : { ...context, key: foldInTensor(context.key, number) }
}
