import { isElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { classOf, regexAutomaton, wordsUpTo } from './index.ts'

const alphabet = ['a', 'b', 'c']

/** Expressions that JavaScript reads the same way. */
const PATTERNS = [
  '',
  '()',
  'a',
  'ab|c',
  'a|',
  '(ab)*',
  '(a|b)*abb',
  'a+b?c*',
  '.*a.',
  '[ab]c|[^ab]',
  '[a-c]b*',
  '((a*)*|b+)+',
  '(a|bc)?(b|ca)*',
  '[^]a',
  '(a?b?)*c',
  '[]|b',
]

test.each(PATTERNS)('%j matches what it matches in JavaScript', pattern => {
  const dfa = regexAutomaton(pattern, alphabet)
  const native = new RegExp(`^(?:${pattern})$`)
  for (const word of wordsUpTo(3, 7)) {
    const text = [...word].map(symbol => alphabet[symbol]).join('')
    expect([text, classOf(dfa, word)]).toEqual([text, Number(native.test(text))])
  }
})

test('automata of expressions are minimal', () => {
  expect(regexAutomaton('(a|b)*abb', ['a', 'b']).classes).toHaveLength(4)
  expect(regexAutomaton('(a|b)*a(a|b)(a|b)', ['a', 'b']).classes).toHaveLength(8)
})

test('symbols have names, and signs can be symbols', () => {
  const names = ['push', '(', '>', '*', ' ']
  const dfa = regexAutomaton(String.raw`<push>+ \( <\>> \* \  [\*-\ ]?`, names)
  expect(classOf(dfa, [0, 0, 1, 2, 3, 4])).toBe(1)
  expect(classOf(dfa, [0, 1, 2, 3, 4, 3])).toBe(1)
  expect(classOf(dfa, [0, 1, 2, 3, 4, 1])).toBe(0)
  expect(classOf(dfa, [1, 2, 3, 4])).toBe(0)
})

test('errors show the place', () => {
  const wrong = [
    'a(b',
    'ab)',
    '*a',
    'a|+',
    '[ab',
    'a]',
    '[a-]',
    '[c-a]',
    'a\\',
    '<push',
    'ax',
    '<push>',
    'a b  x',
  ]
  const texts = wrong.map(pattern => {
    try {
      regexAutomaton(pattern, alphabet)
    } catch (error) {
      if (isElmanError(error)) return error.message
    }
    return `no error for ${pattern}`
  })
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "REGEX_INVALID  ( is not closed
      in character 2 of the expression
        a(b
         ^
    REGEX_INVALID  ) closes nothing
      in character 3 of the expression
        ab)
          ^
    REGEX_INVALID  * has nothing before it to repeat
      in character 1 of the expression
        *a
        ^
    REGEX_INVALID  + has nothing before it to repeat
      in character 3 of the expression
        a|+
          ^
    REGEX_INVALID  [ is not closed
      in character 1 of the expression
        [ab
        ^
    REGEX_INVALID  ] closes nothing
      in character 2 of the expression
        a]
         ^
    REGEX_INVALID  the range has no end
      in character 2 of the expression
        [a-]
         ^
    REGEX_INVALID  the range runs backwards in the alphabet
      in character 2 of the expression
        [c-a]
         ^
    REGEX_INVALID  the expression ends after \\
      in character 2 of the expression
        a\\
         ^
    REGEX_INVALID  < is not closed
      in character 1 of the expression
        <push
        ^
    REGEX_INVALID  there is no symbol "x"
      in character 2 of the expression
        ax
         ^
      symbols: a b c
    REGEX_INVALID  there is no symbol "push"
      in character 1 of the expression
        <push>
        ^
      symbols: a b c
    REGEX_INVALID  there is no symbol "x"
      in character 6 of the expression
        a b  x
             ^
      symbols: a b c"
  `)
})
