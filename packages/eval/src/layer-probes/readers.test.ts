import { expect, test } from 'vitest'
import { parseConllu } from './conllu.ts'
import { contextOf, parseSenses, splitSenses } from './senses.ts'

const word = (id: string, form: string, upos: string, xpos = '_') =>
  [id, form, '_', upos, xpos, '_', '_', '_', '_', '_'].join('\t')

test('words and both kinds of tags are read; multiword tokens and empty nodes are left out', () => {
  const text = [
    '# newdoc',
    '# sent_id = s-1',
    '# text = vámonos al mar',
    '0.1\tx\t_\t_\t_\t_\t_\t_\t_\t_',
    word('1-2', 'vámonos', '_'),
    word('1', 'vamos', 'VERB', 'VB'),
    word('2', 'nos', 'PRON'),
    word('2.1', 'ellipsis', 'VERB'),
    word('3', 'a b', 'NOUN'),
    '',
    '',
    word('1', 'fin', 'X'),
  ].join('\r\n')
  expect(parseConllu(`\uFEFF${text}`, 'x.conllu')).toEqual([
    { id: 's-1', words: ['vamos', 'nos', 'a b'], upos: ['VERB', 'PRON', 'NOUN'], xpos: ['VB', '_', '_'] },
    { id: '2', words: ['fin'], upos: ['X'], xpos: ['_'] },
  ])
  expect(parseConllu('', 'x.conllu')).toEqual([])
})

test('what is not CoNLL-U is an error with its line', () => {
  const errors = [
    '1\tdog\tNOUN',
    `${word('1', 'a', 'DET')}\n${word('3', 'dog', 'NOUN')}`,
    word('1', 'dog', '_'),
    `${word('1', 'a', 'DET')}\n# late`,
    '# sent_id = empty\n',
    `${word('1', 'a', 'DET')}\n${word('1-2', 'adog', '_')}`,
    `${word('1', 'a', 'DET')}\n${word('3.1', 'x', '_')}`,
    word('1', '', 'DET'),
  ].map(text => {
    try {
      return parseConllu(text, 'x.conllu')
    } catch (error) {
      return (error as Error).message
    }
  })
  expect(errors).toMatchInlineSnapshot(`
    [
      "CONLLU_INVALID  line 1 is not CoNLL-U
      expected 10 columns between tabs, none empty
      found    1	dog	NOUN
      in x.conllu, line 1",
      "CONLLU_INVALID  line 2 is not CoNLL-U
      expected word 2
      found    3
      in x.conllu, line 2",
      "CONLLU_INVALID  line 1 is not CoNLL-U
      expected a tag such as NOUN
      found    _ as the universal tag
      in x.conllu, line 1",
      "CONLLU_INVALID  line 2 is not CoNLL-U
      expected comments before the words of a sentence
      found    # late
      in x.conllu, line 2",
      "CONLLU_INVALID  line 2 is not CoNLL-U
      expected at least one word
      found    a sentence without words
      in x.conllu, line 2",
      "CONLLU_INVALID  line 2 is not CoNLL-U
      expected a range that begins with 2
      found    1-2
      in x.conllu, line 2",
      "CONLLU_INVALID  line 2 is not CoNLL-U
      expected 1.1, …
      found    3.1
      in x.conllu, line 2",
      "CONLLU_INVALID  line 1 is not CoNLL-U
      expected 10 columns between tabs, none empty
      found    1		_	DET	_	_	_	_	_	_
      in x.conllu, line 1",
    ]
  `)
})

const instance = (id: string, sense: string, lemma = 'bank') =>
  JSON.stringify({ id, lemma, sense, head: 1, text: 'the bank here' })

test('instances of senses are read, and bad lines are errors with their place', () => {
  expect(parseSenses(`${instance('1', 'money')}\n\n`, 'x.jsonl')).toEqual([
    { id: '1', lemma: 'bank', sense: 'money', head: 1, tokens: ['the', 'bank', 'here'] },
  ])
  expect(() =>
    parseSenses('{"id":"1","lemma":"a","sense":"b","head":3,"text":"a b c"}', 'x.jsonl'),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SENSES_INVALID  a line is no instance of a word with a sense
      expected {"id": …, "lemma": …, "sense": …, "head": place of the word, "text": tokens between spaces}
      found    head 3 of 3 tokens
      in x.jsonl, line 1]
  `)
  expect(() => parseSenses('\n{"id":"1"}', 'x.jsonl')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SENSES_INVALID  a line is no instance of a word with a sense
      expected {"id": …, "lemma": …, "sense": …, "head": place of the word, "text": tokens between spaces}
      found    lemma: Invalid input: expected string, received undefined
      in x.jsonl, line 2]
  `)
  expect(() => parseSenses('{', 'x.jsonl')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SENSES_INVALID  a line is no instance of a word with a sense
      expected {"id": …, "lemma": …, "sense": …, "head": place of the word, "text": tokens between spaces}
      found    Expected property name or '}' in JSON at position 1
      in x.jsonl, line 1]
  `)
})

test('a split has each sense in both parts by its share, is the same for the same seed, and keeps rare senses to learn', () => {
  const lines = [
    ...Array.from({ length: 20 }, (_, i) => instance(`m${i}`, 'money')),
    ...Array.from({ length: 10 }, (_, i) => instance(`r${i}`, 'river')),
    instance('s', 'seat'),
  ]
  const instances = parseSenses(lines.join('\n'), 'x.jsonl')
  const { train, test: held } = splitSenses(instances, { seed: 1 })
  const count = (list: typeof train, sense: string) => list.filter(item => item.sense === sense).length
  expect(['money', 'river', 'seat'].map(sense => [count(train, sense), count(held, sense)])).toEqual([
    [16, 4],
    [8, 2],
    [1, 0],
  ])
  expect(splitSenses(instances, { seed: 1 })).toEqual({ train, test: held })
  expect(splitSenses(instances, { seed: 2 }).test).not.toEqual(held)
})

test('a long context is cut around its word', () => {
  const tokens = [...'abcdefghij']
  const cut = (head: number) => contextOf({ id: '', lemma: '', sense: '', head, tokens }, 4)
  expect(cut(5)).toEqual({ tokens: ['d', 'e', 'f', 'g'], head: 2 })
  expect(cut(0)).toEqual({ tokens: ['a', 'b', 'c', 'd'], head: 0 })
  expect(cut(9)).toEqual({ tokens: ['g', 'h', 'i', 'j'], head: 3 })
})
