/** Makes text of words again: what the rules marked is undone, as far as the marks say how. */
import type { WordTokenNames } from './word-presets.ts'

/**
 * `xxmaj hello` is `Hello`, `xxup ok` is `OK`, `xxrep 4 o` is `oooo`, `xxwrep 3 no` is `no no no`; padding, beginning
 * and end are left out. Words are put together with spaces.
 */
export function joinWords(tokens: readonly string[], names: WordTokenNames): string {
  const silent = new Set([names.padding, names.beginning, names.end])
  const out: string[] = []
  const isCaseMark = (token: string): boolean => token === names.upperCase || token === names.capital
  const take = (at: number): readonly [word: string, next: number] => {
    const token = tokens[at]!
    const following = tokens[at + 1]
    if (following === undefined) return [token, at + 1]
    if (isCaseMark(token) && !isCaseMark(following)) {
      const [word, next] = take(at + 1)
      return [token === names.upperCase ? word.toUpperCase() : capitalise(word), next]
    }
    const times = Number(following)
    const isRepeat = token === names.repeatedCharacter || token === names.repeatedWord
    if (isRepeat && at + 2 < tokens.length && times > 0 && times <= LONGEST_REPEAT) {
      const glue = token === names.repeatedWord ? ' ' : ''
      return [new Array<string>(times).fill(tokens[at + 2]!).join(glue), at + 3]
    }
    return [token, at + 1]
  }
  for (let at = 0; at < tokens.length; ) {
    if (silent.has(tokens[at]!)) {
      at += 1
      continue
    }
    const [word, next] = take(at)
    out.push(word)
    at = next
  }
  return out.join(' ')
}

/** A model may write any number; more than this is taken for words. */
const LONGEST_REPEAT = 1000

function capitalise(word: string): string {
  const [first = '', ...rest] = word
  return first.toUpperCase() + rest.join('')
}
