import { writeFileAtomically } from '@elman/core'
import { type StreamOptions, streamWords } from '../corpus/stream-words.ts'
import type { PhraseModel } from './phrase-model.ts'

/** What {@link transformCorpus} wrote. */
export interface TransformedText {
  readonly path: string
  /** Words, a joined phrase being one. */
  readonly tokens: number
  readonly sentences: number
  readonly bytes: number
  readonly sha256: string
}

/**
 * Writes a text anew with its phrases joined: words divided by one space, a sentence a line, empty lines left out. The
 * file appears when it is whole.
 *
 * @param options - Text options; their `phrases` give way to `model`.
 * @throws `FILE_UNWRITABLE`, and what `countWords` throws
 */
export async function transformCorpus(
  paths: readonly string[],
  model: PhraseModel,
  target: string,
  options: StreamOptions = {},
): Promise<TransformedText> {
  let text = new Uint8Array(1 << 19)
  let filled = 0
  let length = 0
  let tokens = 0
  let sentences = 0
  const stream = streamWords(
    paths,
    { ...options, phrases: model },
    {
      token(buffer, begin, end) {
        if (filled + 2 + end - begin > text.length) {
          const larger = new Uint8Array((filled + 2 + end - begin) * 2)
          larger.set(text)
          text = larger
        }
        if (length++ > 0) text[filled++] = 32
        for (let i = begin; i < end; i++) text[filled++] = buffer[i]!
        tokens++
      },
      endSentence() {
        if (length === 0) return
        text[filled++] = 10 // `token` has left room for it
        length = 0
        sentences++
      },
    },
    'join phrases',
  )
  async function* blocks(): AsyncGenerator<Uint8Array> {
    try {
      for (let done = false; !done; ) {
        done = (await stream.next()).done ?? false
        if (filled > 0) yield text.subarray(0, filled)
        filled = 0
      }
    } finally {
      await stream.return({ bytes: 0, sha256: '' })
    }
  }
  const { bytes, sha256 } = await writeFileAtomically(target, blocks())
  return { path: target, tokens, sentences, bytes, sha256 }
}
