import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDelimited } from './delimited.ts'

const parse = (text: string) => parseDelimited(text, ',', 'a.csv')

test('fields in quotes may hold delimiters, line ends and doubled quotes', () => {
  expect(parse('a,"b,c","d\n""e"""\r\nf,,\n')).toEqual([
    ['a', 'b,c', 'd\n"e"'],
    ['f', '', ''],
  ])
  expect(parse('a,b')).toEqual([['a', 'b']])
  expect(parse('a,')).toEqual([['a', '']])
  expect(parse('\n\n')).toEqual([])
})

test('a quote that is not closed is told with its line', () => {
  expect(() => parse('a,b\nc,"d\ne\n')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: LABELLED_TEXT_INVALID  a line is no labelled text
      expected fields as in RFC 4180: those with quotes, delimiters or line ends inside double quotes
      found    a quote that is not closed
      in a.csv, line 2]
  `)
  expect(() => parse('"a"b,c')).toThrow('text behind a closing quote: b,c')
})

test('rows that are written are read again', () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é'), maxLength: 6 })
  const row = fc.array(field, { minLength: 2, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), rows => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
      expect(parse(rows.map(cells => cells.map(quoted).join(',')).join('\n'))).toEqual(rows)
    }),
    { seed: 3, numRuns: 300 },
  )
})
