import { isElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { drawsAt } from '../languages/draws.ts'
import { type LabelledString, shortcutAudit } from './shortcut-audit.ts'

const alphabet = ['0', '1', '#']

/** Marked copies, and words that are none: half with a wrong marker count, half with one symbol changed. */
function markedCopies(stream: string, count: number, longest: number): LabelledString[] {
  return Array.from({ length: count }, (_, index) => {
    const draws = drawsAt({ seed: 5, stream, size: longest, index })
    const half = Array.from({ length: 1 + draws.below(longest) }, () => draws.below(2))
    const word = [...half, 2, ...half]
    if (index % 4 === 1) word[draws.below(word.length)] = 2
    const changed = half.length + 1 + draws.below(half.length)
    if (index % 4 === 3) word[changed] = 1 - word[changed]!
    const label = word.slice(half.length + 1).join('') === half.join('') && word.indexOf(2) === half.length
    return { word: Uint8Array.from(word), label: label ? 1 : 0 }
  })
}

const accuracy = ({ right, total }: { right: number; total: number }) => right / total

test('marker counts pass a marked copy with careless negatives to three quarters and above', () => {
  const audit = shortcutAudit({
    alphabet,
    train: markedCopies('train', 2000, 10),
    test: markedCopies('test', 1000, 30),
  })
  const of = (id: string) => audit.results.find(({ baseline }) => baseline === id)!
  expect(accuracy(of('dfa-rule').all)).toBeGreaterThan(0.72)
  expect(accuracy(of('majority').all)).toBeLessThan(0.6)
  expect(audit.longFrom).toBe(22)
  expect(audit.positives.total).toBe(1000)
  expect(of('dfa-rule').long.total).toBeGreaterThan(500)
  expect(of('dfa-rule').long.total).toBeLessThan(1000)
  const shares = audit.results.map(({ all }) => all.right)
  expect(shares).toEqual(shares.toSorted((a, b) => b - a))
})

test('an audit of words by their first symbol finds the shortcut', () => {
  const words = ['01', '011', '10', '110', '1', '0', '100', '000', '0110', '1010'].map(text => ({
    word: Uint8Array.from(text, Number),
    label: Number(text[0]),
  }))
  const audit = shortcutAudit({ alphabet: ['0', '1'], train: words.slice(0, 8), test: words.slice(8) })
  const first = audit.results.find(({ baseline }) => baseline === 'first-1')!
  expect(first.all).toEqual({ right: 2, total: 2 })
  expect(first.long).toEqual({ right: 2, total: 2 })
})

test('a string that cannot be read is refused with its place', () => {
  const strings = [{ word: Uint8Array.of(0, 3), label: 1 }]
  let text = ''
  try {
    shortcutAudit({ alphabet, train: [], test: strings })
  } catch (error) {
    text = isElmanError(error) ? error.toString() : ''
  }
  expect(text).toMatchInlineSnapshot(`
    "ElmanError: AUDIT_STRING_INVALID  A string of the audit cannot be read.
      expected a label of 0 or 1 and symbols from 0 to 2
      found    symbol 3
      in test 0"
  `)
  expect(() => shortcutAudit({ alphabet, train: [{ word: new Uint8Array(0), label: 2 }], test: [] })).toThrow(
    'label 2',
  )
})
