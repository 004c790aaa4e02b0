/** FLaRe's splits, drawn anew: how many strings, how long, and which are kept apart. */
import type { Split } from '../protocol.ts'
import type { FlareLanguage } from './language.ts'
import type { FlareData, FlareSplitName, FlareString } from './layout.ts'
import { flareExample } from './sampling.ts'

const split = (name: FlareSplitName, strings: number, to: number, heldOut: boolean): Split => ({
  name,
  strings,
  lengths: { from: 0, to },
  heldOut,
})

/** The splits with their sizes; the main test split is *not* kept apart from the training strings. */
export const FLARE_SPLITS: readonly Split[] = [
  split('train', 10_000, 40, false),
  split('validation-short', 1000, 40, false),
  split('validation-long', 1000, 80, false),
  split('test', 5010, 500, false),
  split('test-short-held-out', 1000, 40, true),
]

/**
 * Strings as FLaRe would draw them, by our own random numbers. With next symbols where the original has them: in all
 * but the long test.
 *
 * @param excluded words that may not be drawn, as `word.join()`
 */
export function drawFlareSplit(
  language: FlareLanguage,
  { name, strings = 0, lengths }: Split,
  seed: number,
  excluded?: ReadonlySet<string>,
): FlareData {
  const { machine } = language.recognition
  const drawn = Array.from({ length: strings }, (_, index): FlareString => {
    const at = { seed, stream: name, size: lengths.to, index }
    const { word, label, edits } = flareExample(
      language,
      lengths,
      at,
      excluded === undefined ? {} : { excluded },
    )
    const string = { word, line: index + 1 }
    if (label === 0) return { ...string, label: 0, ...(edits === undefined ? {} : { edits }) }
    if (name === 'test' || machine.next === undefined) return { ...string, label: 1 }
    let state = machine.start
    const next = [machine.next(state)]
    for (const symbol of word) {
      state = machine.step(state, symbol)
      next.push(machine.next(state))
    }
    return { ...string, label: 1, next }
  })
  return {
    language: language.name,
    split: name as FlareSplitName,
    alphabet: language.alphabet,
    strings: drawn,
  }
}
