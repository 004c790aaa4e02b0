import { expect, test } from 'vitest'
import { characterIds, maskedCharacterIds } from './character-ids.ts'

/** Ids without the padding at their end, whose number is checked. */
function content(ids: Int32Array, padding = 260): number[] {
  expect(ids.length).toBe(50)
  const end = ids.indexOf(padding)
  if (end < 0) return [...ids]
  expect([...ids.subarray(end)]).toEqual(new Array(50 - end).fill(padding))
  return [...ids.subarray(0, end)]
}

test('a token is its UTF-8 bytes between begin and end of word', () => {
  expect(content(characterIds('cat'))).toEqual([258, 99, 97, 116, 259])
  expect(content(characterIds('é€'))).toEqual([258, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 259])
  expect(content(characterIds('😀'))).toEqual([258, 0xf0, 0x9f, 0x98, 0x80, 259])
  expect(content(characterIds(''))).toEqual([258, 259])
})

test('the ends of a sentence are symbols of their own inside a word', () => {
  expect(content(characterIds('<S>'))).toEqual([258, 256, 259])
  expect(content(characterIds('</S>'))).toEqual([258, 257, 259])
})

test('48 bytes fill a token, the 49th is left out, also in the middle of a character', () => {
  expect(content(characterIds('x'.repeat(48)))).toEqual([258, ...new Array(48).fill(120), 259])
  expect(characterIds('x'.repeat(49))).toEqual(characterIds('x'.repeat(48)))
  const cut = content(characterIds(`${'x'.repeat(47)}é`))
  expect(cut.slice(-3)).toEqual([120, 0xc3, 259])
})

test('half a surrogate pair is left out, as in Python', () => {
  expect(content(characterIds('a\ud83db'))).toEqual([258, 97, 98, 259])
})

test('readers of AllenNLP number everything one higher', () => {
  expect(content(maskedCharacterIds('a'), 261)).toEqual([259, 98, 260])
  expect(content(maskedCharacterIds('<S>'), 261)).toEqual([259, 257, 260])
  expect(content(maskedCharacterIds('</S>'), 261)).toEqual([259, 258, 260])
})
