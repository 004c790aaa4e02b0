import { ElmanError } from '@elman/core'
import { z } from 'zod'

/** How a training text is laid out for truncated back-propagation through time. */
export const trainingStreamConfig = z.strictObject({
  batch: z.int().min(1).describe('rows: pieces of the text that are read side by side'),
  time: z.int().min(1).describe('tokens a row between two updates'),
})

/** Layout of a training text. */
export type TrainingStreamConfig = z.infer<typeof trainingStreamConfig>

/** Place in a training stream; plain JSON, stored with a checkpoint. */
export const streamPosition = z.strictObject({
  /** Passes over the text that are complete. */
  epoch: z.int().min(0),
  /** Windows of the current pass that have been taken. */
  window: z.int().min(0),
  /** What the place belongs to. */
  tokens: z.int(),
  batch: z.int(),
  time: z.int(),
})

/** Place in a training stream. */
export type StreamPosition = z.infer<typeof streamPosition>

/** One step's tokens, (time, batch) in row-major order: element t · batch + b. */
export interface TrainingWindow {
  /** Ids read. */
  readonly input: Int32Array
  /** Ids to predict: for each input, the id that follows it in the text. */
  readonly target: Int32Array
  readonly time: number
  readonly batch: number
  /** Whether the text starts again with this window: the carried state must be reset. */
  readonly startsEpoch: boolean
  /** Pass that the window belongs to, from 0. */
  readonly epoch: number
}

/** Windows of a training text, without end: after the last comes the first of the next pass. */
export interface TrainingStream {
  readonly windowsPerEpoch: number
  /** Tokens that are a target in each pass. */
  readonly targetsPerEpoch: number
  /** Tokens that are never a target since they begin a row: `batch` of them. */
  readonly rowStarts: number
  /** Tokens of the text's end and of the rows' ends that fill no window and are never a target. */
  readonly droppedTokens: number
  /** The next window, in arrays of its own. */
  next(): TrainingWindow
  /** Where `next` will read. */
  position(): StreamPosition
  /** Goes to a position of a stream over the same text and layout. @throws `STREAM_POSITION_MISMATCH` */
  restore(position: StreamPosition): void
}

/**
 * Lays a text out in `batch` rows of equal length and walks them together, `time` tokens a window, so that the
 * state after one window is the state before the next. All windows have the same shape; what does not fill one is
 * dropped (and counted), as in Zaremba et al. 2014.
 *
 * @param ids - Encoded text; not copied.
 * @throws `TEXT_TOO_SHORT` when the text does not fill one window.
 */
export function createTrainingStream(ids: Int32Array, config: TrainingStreamConfig): TrainingStream {
  const { batch, time } = trainingStreamConfig.parse(config)
  const rowLength = Math.floor(ids.length / batch)
  const windowsPerEpoch = Math.floor((rowLength - 1) / time)
  if (windowsPerEpoch < 1) throw tooShort(ids.length, batch, time)
  const targetsPerEpoch = windowsPerEpoch * batch * time
  let epoch = 0
  let window = 0
  return {
    windowsPerEpoch,
    targetsPerEpoch,
    rowStarts: batch,
    droppedTokens: ids.length - targetsPerEpoch - batch,
    next() {
      const tokens = cutWindow(ids, { rowLength, batch, begin: window * time, time })
      const result = { ...tokens, time, batch, startsEpoch: window === 0, epoch }
      window += 1
      if (window === windowsPerEpoch) {
        window = 0
        epoch += 1
      }
      return result
    },
    position: () => ({ epoch, window, tokens: ids.length, batch, time }),
    restore(position) {
      const fits = position.tokens === ids.length && position.batch === batch && position.time === time
      if (!fits || position.window >= windowsPerEpoch) throw otherStream(position, ids.length, batch, time)
      epoch = position.epoch
      window = position.window
    },
  }
}

function tooShort(tokens: number, batch: number, time: number): ElmanError {
  return new ElmanError('TEXT_TOO_SHORT', {
    message: `the training text does not fill one window of ${time} tokens in ${batch} rows`,
    expected: `at least ${batch * (time + 1)} tokens`,
    found: `${tokens} tokens`,
    hint: 'use a smaller batch or shorter windows',
  })
}

function otherStream(position: StreamPosition, tokens: number, batch: number, time: number): ElmanError {
  return new ElmanError('STREAM_POSITION_MISMATCH', {
    message: 'the saved place in the training text belongs to another text or layout',
    expected: `${tokens} tokens, batch ${batch}, time ${time}`,
    found: `${position.tokens} tokens, batch ${position.batch}, time ${position.time}, window ${position.window}`,
    hint: 'resume with the corpus, batch and window length that the run began with',
  })
}

/** Where a window lies in rows of equal length. */
export interface WindowPlace {
  readonly rowLength: number
  readonly batch: number
  /** First step of each row. */
  readonly begin: number
  readonly time: number
}

/** The ids of a window and those that follow them, (time, batch) in row-major order. */
export function cutWindow(
  ids: Int32Array,
  { rowLength, batch, begin, time }: WindowPlace,
): Pick<TrainingWindow, 'input' | 'target'> {
  const input = new Int32Array(time * batch)
  const target = new Int32Array(time * batch)
  for (let row = 0; row < batch; row++) {
    const offset = row * rowLength + begin
    for (let t = 0; t < time; t++) {
      input[t * batch + row] = ids[offset + t]!
      target[t * batch + row] = ids[offset + t + 1]!
    }
  }
  return { input, target }
}
