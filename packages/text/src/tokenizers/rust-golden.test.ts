import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tokenizerFromHuggingFace } from './pipeline/pipeline-tokenizer.ts'

interface Golden {
  readonly name: string
  readonly json: unknown
  readonly results: readonly {
    readonly text: string | readonly [string, string]
    readonly ids: readonly number[]
    /** In code points. */
    readonly offsets: readonly number[]
    readonly words: readonly number[]
    readonly types: readonly number[]
    readonly decoded: string
  }[]
}

// Made by tools/goldens/tokenizers.py with Hugging Face tokenizers 0.23.3.
const goldens: readonly Golden[] = JSON.parse(
  readFileSync(new URL('fixtures/rust-tokenizers.json', import.meta.url), 'utf8'),
)

for (const { name, json, results } of goldens) {
  test(`${name}: ids, offsets, words, types and decoded text are those of the Rust library`, () => {
    const tokenizer = tokenizerFromHuggingFace(json)
    for (const golden of results) {
      const [text, pair] = typeof golden.text === 'string' ? [golden.text] : golden.text
      const encoding = tokenizer.encode(text!, pair === undefined ? {} : { pair })
      const context = JSON.stringify(golden.text)
      expect([context, [...encoding.ids]]).toEqual([context, golden.ids])
      expect([context, [...encoding.wordIndex]]).toEqual([context, golden.words])
      expect([context, [...encoding.typeIds]]).toEqual([context, golden.types])
      const points = Array.from(encoding.offsets, at => (pair === undefined ? codePoints(text!, at) : at))
      // Of characters that are replaced, or joined by a Unicode form, Rust points at one; ours stand for all of them.
      if (
        name !== 'Replace and Prepend' &&
        text!.normalize('NFC') === text &&
        text!.normalize('NFKD') === text!.normalize('NFD')
      ) {
        expect([context, points]).toEqual([context, golden.offsets])
      }
      expect([context, tokenizer.decode(encoding.ids)]).toEqual([context, golden.decoded])
    }
  })
}

function codePoints(text: string, at: number): number {
  return [...text.slice(0, at)].length
}
