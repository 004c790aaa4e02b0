/**
 * Windows of random length over a training text (Merity et al. 2018): the places where back-propagation is cut differ
 * from pass to pass, so that no token always stands at the start of a window and learns nothing of what is before it.
 *
 * How this differs from awd-lstm-lm: lengths are rounded to multiples of `step`, since each length is a graph of its
 * own to compile; the rest of a row that fills no multiple is one window of its own at the end of every pass, always of
 * the same length; and the shorter windows there count with their own length, not the one drawn. With `step` 1 only the
 * last of the three is left.
 */
import { ElmanError, type Key, random } from '@elman/core'
import { z } from 'zod'
import { cutWindow, type TrainingWindow } from './training-stream.ts'

/** Layout of a training text in windows of random length. */
export const variableStreamConfig = z.strictObject({
  batch: z.int().min(1).describe('rows: pieces of the text that are read side by side'),
  time: z.int().min(1).describe('usual number of tokens a row between two updates'),
  shortProbability: z.number().min(0).max(1).default(0.05).describe('of windows of half that length'),
  deviation: z.number().min(0).default(5).describe('standard deviation of the lengths'),
  shortest: z.int().min(1).default(5).describe('length that none goes below'),
  step: z.int().min(1).default(10).describe('lengths are multiples of this; each is a graph to compile'),
  seed: z.int().default(1).describe('of the lengths'),
})

/** Layout of a training text in windows of random length. */
export type VariableStreamConfig = z.input<typeof variableStreamConfig>

/** Place in such a stream; plain JSON, stored with a checkpoint. */
export interface VariableStreamPosition {
  /** Passes over the text that are complete. */
  readonly epoch: number
  /** Windows of the current pass that have been taken. */
  readonly window: number
  /** What the place belongs to: text, layout and seed, in words. */
  readonly layout: string
}

/** Windows of random length, without end: after the last comes the first of the next pass. */
export interface VariableStream {
  /** Usual number of tokens a row and window. */
  readonly time: number
  /** Tokens that are a target in each pass. */
  readonly targetsPerEpoch: number
  /** Tokens that are never a target since they begin a row: `batch` of them. */
  readonly rowStarts: number
  /** Tokens of the text's end that fill no row of their own and are never a target: fewer than `batch`. */
  readonly droppedTokens: number
  /** Windows before pass `epoch`, from 0: passes differ in their number. */
  windowsBefore(epoch: number): number
  /** The next window, in arrays of its own. */
  next(): TrainingWindow
  /** Where `next` will read. */
  position(): VariableStreamPosition
  /** Goes to a position of a stream over the same text and layout. @throws `STREAM_POSITION_MISMATCH` */
  restore(position: VariableStreamPosition): void
}

/**
 * Lays a text out in `batch` rows of equal length and walks them together in windows of random length: around `time`,
 * or around half of it with probability `shortProbability`, normally distributed with `deviation`. Every token of the
 * rows but their first is a target once in a pass. Multiply the learning rate of each window by its length / `time`, as
 * Merity et al. do: short windows would else weigh as much as long ones.
 *
 * The lengths of a pass follow from the seed and the number of the pass alone.
 *
 * @param ids - Encoded text; not copied.
 * @throws `TEXT_TOO_SHORT` when a row does not hold two tokens.
 */
export function createVariableStream(ids: Int32Array, config: VariableStreamConfig): VariableStream {
  const layout = variableStreamConfig.parse(config)
  const { batch, time, seed } = layout
  const rowLength = Math.floor(ids.length / batch)
  if (rowLength < 2) throw tooShort(ids.length, batch)
  const key = random.foldIn(random.key(seed), 'window lengths')
  const lengthsOf = (pass: number) => passLengths(rowLength - 1, layout, random.foldIn(key, pass))
  const text = describeLayout(ids.length, layout)
  const before = [0]
  let epoch = 0
  let window = 0
  let begin = 0
  let lengths = lengthsOf(0)
  const goTo = (pass: number, taken: number) => {
    epoch = pass
    window = taken
    lengths = lengthsOf(pass)
    begin = lengths.slice(0, taken).reduce((sum, length) => sum + length, 0)
  }
  return {
    time,
    targetsPerEpoch: batch * (rowLength - 1),
    rowStarts: batch,
    droppedTokens: ids.length - batch * rowLength,
    windowsBefore(pass) {
      while (before.length <= pass) before.push(before.at(-1)! + lengthsOf(before.length - 1).length)
      return before[pass]!
    },
    next() {
      const length = lengths[window]!
      const tokens = cutWindow(ids, { rowLength, batch, begin, time: length })
      const result = { ...tokens, time: length, batch, startsEpoch: window === 0, epoch }
      window += 1
      begin += length
      if (window === lengths.length) goTo(epoch + 1, 0)
      return result
    },
    position: () => ({ epoch, window, layout: text }),
    restore(position) {
      const fits = position.layout === text && position.window < lengthsOf(position.epoch).length
      if (!fits) throw otherStream(position, text)
      goTo(position.epoch, position.window)
    },
  }
}

type Layout = z.output<typeof variableStreamConfig>

/** Lengths of the windows of a pass over `targets` tokens a row: multiples of `step`, then the rest. */
function passLengths(targets: number, layout: Layout, key: Key): number[] {
  const { step, shortest } = layout
  const odd = targets % step
  // A rest too short to be a window of its own takes one step more.
  const rest = Math.min(targets, odd > 0 && odd < shortest ? odd + step : odd)
  const lengths: number[] = []
  for (let left = targets - rest; left > 0; left -= lengths.at(-1)!) {
    lengths.push(Math.min(left, drawLength(layout, random.foldIn(key, lengths.length))))
  }
  return rest === 0 ? lengths : [...lengths, rest]
}

function drawLength({ time, shortProbability, deviation, shortest, step }: Layout, key: Key): number {
  const isShort = random.uniform(random.foldIn(key, 0), 1, 'float64')[0]! < shortProbability
  const noise = random.normal(random.foldIn(key, 1), 1, 'float64')[0]!
  const drawn = (isShort ? time / 2 : time) + deviation * noise
  return Math.max(Math.ceil(shortest / step), Math.round(drawn / step)) * step
}

function describeLayout(tokens: number, layout: Layout): string {
  const { batch, time, shortProbability, deviation, shortest, step, seed } = layout
  const lengths = `${time} ± ${deviation}, half with probability ${shortProbability}, from ${shortest}, by ${step}`
  return `${tokens} tokens, batch ${batch}, time ${lengths}, seed ${seed}`
}

function tooShort(tokens: number, batch: number): ElmanError {
  return new ElmanError('TEXT_TOO_SHORT', {
    message: `the training text does not fill ${batch} rows of two tokens`,
    expected: `at least ${2 * batch} tokens`,
    found: `${tokens} tokens`,
    hint: 'use a smaller batch',
  })
}

function otherStream({ layout, epoch, window }: VariableStreamPosition, expected: string): ElmanError {
  return new ElmanError('STREAM_POSITION_MISMATCH', {
    message: 'the saved place in the training text belongs to another text or layout',
    expected,
    found: `${layout ?? 'windows of one length'}, pass ${epoch}, window ${window}`,
    hint: 'resume with the corpus, batch, window lengths and seed that the run began with',
  })
}
