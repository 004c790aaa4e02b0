import { expect, test } from 'vitest'
import { boundedDyck, languages } from './index.ts'
import type { View } from './language.ts'
import { encodeView } from './view.ts'

/** An encoded word as rows of texts, a column a step. */
function written(id: string, view: View, word: readonly number[]): string {
  const language = languages.find(own => own.id === id) ?? boundedDyck(2, 3)
  const encoding = encodeView(language, view)
  const { inputs, targets, scored } = encoding.encode(Uint8Array.from(word))
  const width = encoding.target === 'class' ? 1 : encoding.outputs
  expect(inputs).toHaveLength(encoding.lengthOf(word.length))
  const columns = Array.from(inputs, (symbol, step) => [
    encoding.inputNames[symbol]!,
    targets.subarray(step * width, (step + 1) * width).join(''),
    scored[step] ? '*' : ' ',
  ])
  const wide = columns.map(column => Math.max(...column.map(text => text.length)))
  const rows = [0, 1, 2].map(row =>
    columns
      .map((column, i) => column[row]!.padEnd(wide[i]!))
      .join(' ')
      .trimEnd(),
  )
  return `${encoding.outputs} ${encoding.target === 'class' ? 'classes' : 'flags'}\n${rows.join('\n')}`
}

test('recognise asks at the end', () => {
  expect(written('parity', 'recognise', [1, 0, 1, 1])).toMatchInlineSnapshot(`
    "2 classes
    begin 1 0 1 1
    0     0 0 0 1
                *"
  `)
})

test('dense asks after each prefix, the empty one too', () => {
  expect(written('parity', 'dense', [1, 0, 1, 1])).toMatchInlineSnapshot(`
    "2 classes
    begin 1 0 1 1
    0     1 1 0 1
    *     * * * *"
  `)
})

test('dense of expressions asks after operands', () => {
  expect(written('modular-expression', 'dense', [2, 5, 3, 7, 4])).toMatchInlineSnapshot(`
    "5 classes
    begin 2 + 3 * 4
    0     2 0 0 0 0
          *   *   *"
  `)
})

test('next-symbol wants a flag a symbol and one for the end', () => {
  expect(written('dyck-2-3', 'next-symbol', [0, 2, 3, 1])).toMatchInlineSnapshot(`
    "5 flags
    begin (     [     ]     )
    10101 11100 10110 11100 10101
    *     *     *     *     *"
  `)
})

test('transduce wants an output symbol at each blank', () => {
  expect(written('reverse', 'transduce', [1, 1, 0])).toMatchInlineSnapshot(`
    "2 classes
    1 1 0 blank blank blank
    0 0 0 0     1     1
          *     *     *"
  `)
})

test('transduce puts delimiters before the blanks', () => {
  expect(written('duplicate', 'transduce', [1, 0])).toMatchInlineSnapshot(`
    "2 classes
    1 0 delimiter delimiter blank blank blank blank
    0 0 0         0         1     0     1     0
                            *     *     *     *"
  `)
})

test('transduce does not ask behind the end mark', () => {
  expect(written('stack-program', 'transduce', [0, 1, 2])).toMatchInlineSnapshot(`
    "3 classes
    push 0 push 1 pop blank blank blank blank
    0      0      0   0     2     0     0
                      *     *"
  `)
})

test('a view that a language does not have is refused', () => {
  expect(() => written('parity', 'transduce', [1])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: LANGUAGE_VIEW_MISSING  language parity does not have the view transduce
      expected one of recognise, dense
      found    transduce]
  `)
})
