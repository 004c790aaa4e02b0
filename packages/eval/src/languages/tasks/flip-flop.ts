import { drawsAt } from '../draws.ts'
import { automatonOf } from '../finite.ts'
import type { Language, StreamPosition, Word } from '../language.ts'
import { regularLanguage } from '../regular.ts'

const IGNORE = 2

/** Shares of symbols to ignore: from a write every other step to one in fifty, so that memories must last. */
const IGNORED = [1 / 3, 0.8, 0.98]

/** A word whose writes are as likely 0 as 1, and whose class is 1 at every other index. */
function draw(at: StreamPosition): Word {
  const draws = drawsAt(at)
  const ignored = IGNORED[draws.below(IGNORED.length)]!
  const word = Uint8Array.from({ length: at.size }, () =>
    draws.uniform() < ignored ? IGNORE : draws.below(2),
  )
  const wanted = at.index % 2
  const stored = lastWrite(word)
  if (stored === undefined) word[draws.below(at.size)] = wanted
  else if (stored !== wanted) return word.map(symbol => (symbol === IGNORE ? symbol : 1 - symbol))
  return word
}

const lastWrite = (word: Word): number | undefined => word.findLast(symbol => symbol !== IGNORE)

/** R4: the bit that was written last; a third symbol writes nothing. Star-free, yet it must be remembered for long. */
export const flipFlop: Language = regularLanguage({
  id: 'flip-flop',
  title: 'the bit that was written last, 0 before any',
  alphabet: ['0', '1', 'ignore'],
  trainSize: 40,
  automaton: automatonOf({ symbols: 3, start: 0, step: (q, a) => (a === IGNORE ? q : a), classOf: q => q }),
  classes: ['0', '1'],
  classOf: word => lastWrite(word) ?? 0,
  draw,
  views: ['dense'],
})
