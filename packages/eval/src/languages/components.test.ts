import { createContainer, LANGUAGE } from '@elman/core'
import { expect, test } from 'vitest'
import { wordsUpTo } from '../automata/words.ts'
import { grammarMachine } from '../machines/earley.ts'
import { evaluation } from '../plugin.ts'
import { languages } from './components.ts'
import type { Language } from './language.ts'
import { depthOf } from './tasks/brackets.ts'
import { palindrome } from './tasks/palindrome.ts'

const container = createContainer([evaluation])

test('the languages of the ladder are these', () => {
  const needOf = ({ need }: Language) =>
    Object.entries(need)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')
  const rows = languages.map(own =>
    [
      own.id,
      own.level,
      needOf(own),
      `${own.alphabet.length} symbols`,
      own.trainSize,
      own.views.join(' '),
    ].join(' | '),
  )
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "first | sub-regular | states 3 | 2 symbols | 20 | recognise dense
    ends-with | sub-regular | states 2 | 2 symbols | 20 | recognise dense
    tomita-3 | regular | states 5 | 2 symbols | 20 | recognise dense next-symbol
    tomita-4 | regular | states 4 | 2 symbols | 20 | recognise dense next-symbol
    tomita-5 | regular | states 4 | 2 symbols | 20 | recognise dense next-symbol
    tomita-6 | regular | states 3 | 2 symbols | 20 | recognise dense next-symbol
    tomita-7 | regular | states 5 | 2 symbols | 20 | recognise dense next-symbol
    parity | regular | states 2 | 2 symbols | 20 | recognise dense
    flip-flop | regular | states 2 | 3 symbols | 40 | dense
    modular-expression | regular | states 5 | 8 symbols | 21 | dense
    modular-expression-precedence | regular | states 25 | 8 symbols | 21 | dense
    s3 | regular | states 6 | 2 symbols | 20 | dense
    z60 | regular | states 60 | 2 symbols | 20 | dense
    a4xz5 | regular | states 60 | 2 symbols | 20 | dense
    a5 | regular | states 60 | 2 symbols | 20 | dense
    s3-full | regular | states 6 | 6 symbols | 20 | dense
    z60-full | regular | states 60 | 60 symbols | 20 | dense
    a4xz5-full | regular | states 60 | 60 symbols | 20 | dense
    a5-full | regular | states 60 | 60 symbols | 20 | dense
    dyck-2-3 | regular | states 16 | 4 symbols | 40 | recognise next-symbol
    addition-interleaved | regular | states 2 | 4 symbols | 12 | dense
    mod-5-walk | regular | states 5 | 3 symbols | 40 | dense
    anbn | counter | counters 1 | 2 symbols | 40 | recognise next-symbol
    anbncn | counter | counters 2 | 3 symbols | 40 | recognise next-symbol
    dyck-1 | counter | counters 1 | 2 symbols | 40 | recognise dense next-symbol
    shuffle-dyck-1-2 | counter | counters 2 | 4 symbols | 40 | recognise next-symbol
    majority | counter | counters 1 | 2 symbols | 40 | dense
    reverse | deterministic-context-free | memory stack | 2 symbols | 16 | transduce
    marked-reverse | deterministic-context-free | memory stack | 3 symbols | 16 | recognise next-symbol
    stack-program | deterministic-context-free | memory stack | 3 symbols | 16 | transduce
    dyck-2 | deterministic-context-free | memory stack | 4 symbols | 40 | recognise next-symbol
    bracketed-mod-5 | deterministic-context-free | states 5, memory stack | 9 symbols | 20 | transduce
    palindrome | context-free | memory stack | 2 symbols | 24 | recognise next-symbol
    copy | context-sensitive | memory queue | 2 symbols | 12 | transduce
    marked-copy | context-sensitive | memory queue | 3 symbols | 12 | recognise next-symbol
    duplicate | context-sensitive | memory tape | 2 symbols | 8 | transduce
    odds-first | context-sensitive | memory tape | 2 symbols | 12 | transduce
    addition-serial | context-sensitive | memory tape | 3 symbols | 12 | transduce
    anbncndn | context-sensitive | counters 3 | 4 symbols | 30 | next-symbol"
  `)
})

test('every language of the ladder is made by its id', () => {
  for (const { id, title, trainSize } of languages) {
    const made = container.create(LANGUAGE, id === 'dyck-2-3' ? 'bounded-dyck' : id)
    expect([made.id, made.title, made.trainSize]).toEqual([id, title, trainSize])
    expect(container.create(LANGUAGE, { type: id, trainSize: 7 }).trainSize).toBe(7)
  }
})

test('options choose moduli, kinds of brackets and depths', () => {
  const ids = [
    { type: 'mod-5-walk', modulus: 7 },
    { type: 'bounded-dyck', kinds: 3, depth: 2 },
    { type: 'dyck-2', kinds: 3 },
    { type: 'bracketed-mod-5', multiplication: true },
  ].map(reference => container.create(LANGUAGE, reference).id)
  expect(ids).toEqual(['mod-7-walk', 'dyck-3-2', 'dyck-3', 'bracketed-mod-5-products'])
  const deep = container.create(LANGUAGE, { type: 'dyck-2', leastDepth: 6, mostDepth: 8 })
  const depths = Array.from({ length: 60 }, (_, index) => {
    return depthOf(deep.recognition!.samplePositive!({ seed: 1, stream: 'test', size: 40, index }), 2)
  })
  expect([...new Set(depths)].sort()).toEqual([6, 7, 8])
})

test('palindromes are the words of their grammar', () => {
  const machine = grammarMachine({ alphabet: ['0', '1'], start: 'S', rules: { S: ['0 S 0', '1 S 1', ''] } })
  for (const word of wordsUpTo(2, 9)) {
    const state = word.reduce((items, symbol) => machine.step(items, symbol), machine.start)
    expect(machine.classOf(state)).toBe(palindrome.recognition!.classOf(word))
    expect(machine.next!(state)).toEqual(palindrome.recognition!.machine.next!([...word].join('')))
  }
})
