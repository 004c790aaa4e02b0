import { expect, test } from 'vitest'
import { alignedText, beginOf, endOf, replaceAligned, sliceAligned } from './aligned-text.ts'
import { createNormalizer } from './pipeline/normalizers.ts'

/** What each unit of the rewritten text came from. */
function origins(original: string, aligned: ReturnType<typeof alignedText>): string[] {
  return Array.from(
    aligned.text,
    (sign, i) => `${sign}<${original.slice(beginOf(aligned, i), endOf(aligned, i + 1))}`,
  )
}

test('a replacement stands for all it replaced, and what is kept for itself', () => {
  const text = 'a--b-c'
  const replaced = replaceAligned(alignedText(text), /-+/g, ([dashes]) => (dashes.length > 1 ? '+=' : ''))
  expect(origins(text, replaced)).toEqual(['a<a', '+<--', '=<--', 'b<b', 'c<c'])
})

test('a text without match is the same object, and a part of a part knows its place', () => {
  const whole = alignedText('abc def')
  expect(replaceAligned(whole, /x/g, () => 'y')).toBe(whole)
  const part = sliceAligned(sliceAligned(whole, 2, 7), 2, 5)
  expect([part.text, beginOf(part, 0), endOf(part, 3)]).toEqual(['def', 4, 7])
  const rewritten = replaceAligned(whole, / /g, () => '__')
  const end = sliceAligned(rewritten, 5, 8)
  expect([end.text, beginOf(end, 0), endOf(end, 3)]).toEqual(['def', 4, 7])
})

test('characters that a Unicode form joins or parts stand for each other', () => {
  const join = createNormalizer({ type: 'NFC' }, 'test')
  expect(origins('xe\u0301y', join(alignedText('xe\u0301y')))).toEqual(['x<x', 'é<e\u0301', 'y<y'])
  const part = createNormalizer({ type: 'NFKD' }, 'test')
  expect(origins('aﬁé', part(alignedText('aﬁé')))).toEqual(['a<a', 'f<ﬁ', 'i<ﬁ', 'e<é', '\u0301<é'])
})

test('a chain of rewritings still points at the first text', () => {
  const bert = createNormalizer(
    {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    'test',
  )
  const text = 'É\u0000漢ß'
  expect(origins(text, bert(alignedText(text)))).toEqual(['e<É', ' <漢', '漢<漢', ' <漢', 'ß<ß'])
})
