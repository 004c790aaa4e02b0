import type { Language } from '../language.ts'
import type { Machine } from '../machine.ts'
import { halvesRecognition } from './halves.ts'

const isPalindrome = (text: string) => [...text].reverse().join('') === text

/** No deterministic machine with a stack decides this: the state is all that was read. */
const machine: Machine<string> = {
  kind: 'grammar',
  start: '',
  step: (read, symbol) => read + symbol,
  classOf: read => Number(read.length % 2 === 0 && isPalindrome(read)),
  key: read => read,
  next: read => Uint8Array.of(1, 1, Number(read.length % 2 === 0 && isPalindrome(read))),
}

/** F1: wwᴿ over 0 and 1. Where the middle is must be guessed. Its size is the length of the word. */
export const palindrome: Language = {
  id: 'palindrome',
  title: 'wwᴿ: palindromes of even length',
  level: 'context-free',
  need: { memory: 'stack' },
  alphabet: ['0', '1'],
  trainSize: 24,
  hasSize: size => size >= 2 && size % 2 === 0,
  lengthOf: size => size,
  recognition: halvesRecognition({
    machine,
    marker: [],
    halfOf: size => size / 2,
    has: word => word.length % 2 === 0 && word.every((symbol, i) => symbol === word[word.length - 1 - i]),
    second: word => word.slice().reverse(),
  }),
  views: ['recognise', 'next-symbol'],
}
