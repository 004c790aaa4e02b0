/** Words listed in order: shorter ones first, then by symbol from the left. */
import type { Word } from '../languages/language.ts'

/** All words of a length over symbols 0 to `symbols − 1`, in order. Each is a fresh array. */
export function* allWords(symbols: number, length: number): Generator<Word> {
  if (symbols === 0 && length > 0) return
  const word = new Uint8Array(length)
  for (;;) {
    yield word.slice()
    let place = length - 1
    while (place >= 0 && word[place] === symbols - 1) word[place--] = 0
    if (place < 0) return
    word[place]!++
  }
}

/** All words of at most a length, the empty one first. */
export function* wordsUpTo(symbols: number, length: number): Generator<Word> {
  for (let own = 0; own <= length; own++) yield* allWords(symbols, own)
}

/** One word after another. */
export function concatenate(...words: readonly Word[]): Word {
  return Uint8Array.from(words.flatMap(word => [...word]))
}
