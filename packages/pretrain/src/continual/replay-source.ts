/** Replay: rows of an earlier text beside those of the present one in each batch. */
import { allocate, type BatchSource, ElmanError, type JsonValue, type NdArray, sizeOf } from '@elman/core'

/**
 * Batches whose first rows come from `current` and last ones from `memory`; each row reads its own text on, so carried
 * state stays right. Arrays are (time, rows, …). Passes are those of `current`; where the memory begins again, its rows
 * keep their state.
 *
 * @throws on `next`, `REPLAY_SHAPES_DIFFER` when batches cannot be put beside each other
 */
export function replaySource(current: BatchSource, memory: BatchSource): BatchSource {
  return {
    batchesPerEpoch: current.batchesPerEpoch,
    ...(current.batchesBefore === undefined ? {} : { batchesBefore: pass => current.batchesBefore!(pass) }),
    next() {
      const [now, then] = [current.next(), memory.next()]
      const arrays = Object.entries(now.arrays).map(([name, array]) => {
        return [name, beside(name, array, then.arrays[name])] as const
      })
      return {
        arrays: Object.fromEntries(arrays),
        tokens: now.tokens + then.tokens,
        startsEpoch: now.startsEpoch,
        ...(now.rateFactor === undefined ? {} : { rateFactor: now.rateFactor }),
      }
    },
    position: () => ({ current: current.position(), memory: memory.position() }),
    restore(position) {
      const saved = position as { readonly current: JsonValue; readonly memory: JsonValue }
      current.restore(saved.current)
      memory.restore(saved.memory)
    },
  }
}

/**
 * How many of a batch's rows are for the present text and for the memory.
 *
 * @param share - Of the memory, between 0 and 1; each text gets a row at least.
 * @throws `REPLAY_SHARE_INVALID`
 */
export function replayRows(
  batch: number,
  share: number,
): { readonly current: number; readonly memory: number } {
  if (!(share > 0 && share < 1 && batch >= 2)) {
    throw new ElmanError('REPLAY_SHARE_INVALID', {
      message: 'a batch cannot be shared between two texts in this way',
      expected: 'a share between 0 and 1, and a batch of two rows or more',
      found: `share ${share}, batch ${batch}`,
    })
  }
  const memory = Math.min(batch - 1, Math.max(1, Math.round(batch * share)))
  return { current: batch - memory, memory }
}

function beside(name: string, a: NdArray, b: NdArray | undefined): NdArray {
  const fits =
    b?.dtype === a.dtype &&
    b.shape.length === a.shape.length &&
    a.shape.length >= 2 &&
    a.shape.every((extent, axis) => axis === 1 || extent === b.shape[axis])
  if (!fits) {
    throw new ElmanError('REPLAY_SHAPES_DIFFER', {
      message: `batches of the two texts do not fit each other in "${name}"`,
      expected: `${a.dtype}[${a.shape.with(1, 'any' as never).join(', ')}]`,
      found: b === undefined ? 'no such array' : `${b.dtype}[${b.shape.join(', ')}]`,
      hint: 'give both texts the same window length',
    })
  }
  const shape = a.shape.with(1, a.shape[1]! + b.shape[1]!)
  const data = allocate(a.dtype, sizeOf(shape))
  const inner = sizeOf(a.shape.slice(2))
  const widths = [a.shape[1]! * inner, b.shape[1]! * inner] as const
  for (let t = 0, at = 0; t < a.shape[0]!; t++) {
    data.set(a.data.subarray(t * widths[0], (t + 1) * widths[0]) as never, at)
    data.set(b.data.subarray(t * widths[1], (t + 1) * widths[1]) as never, at + widths[0])
    at += widths[0] + widths[1]
  }
  return { dtype: a.dtype, shape, data }
}
