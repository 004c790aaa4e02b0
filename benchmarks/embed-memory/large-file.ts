import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** Kinds of files that are made. */
export type LargeFormat = 'word2vec-text' | 'word2vec-binary' | 'glove'

const PIECE = 2 ** 22

/**
 * Writes a file of made-up vectors: words `w0`, `w1`, … and numbers of six decimals drawn from a table of 65,536, by a
 * fixed generator.
 */
export async function writeLargeFile(
  path: string,
  format: LargeFormat,
  rows: number,
  dimensions: number,
): Promise<void> {
  const numbers = Array.from({ length: 65_536 }, (_, i) => Math.sin(i * 12.9898) * 0.9 ** (i % 7))
  const texts = numbers.map(value => Buffer.from(` ${value.toFixed(6)}`))
  const floats = new Uint8Array(Float32Array.from(numbers).buffer)
  const file = createWriteStream(path)
  let buffer = Buffer.allocUnsafe(PIECE)
  let end = 0
  if (format !== 'glove') end += buffer.write(`${rows} ${dimensions}\n`, end)
  let state = 1
  for (let row = 0; row < rows; row++) {
    if (end + 64 + dimensions * 12 > PIECE) {
      if (!file.write(buffer.subarray(0, end))) await once(file, 'drain')
      buffer = Buffer.allocUnsafe(PIECE)
      end = 0
    }
    end += buffer.write(`w${row}`, end)
    if (format === 'word2vec-binary') buffer[end++] = 0x20
    for (let i = 0; i < dimensions; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
      const pick = state >>> 16
      if (format === 'word2vec-binary') {
        for (let byte = 0; byte < 4; byte++) buffer[end++] = floats[pick * 4 + byte]!
      } else {
        const text = texts[pick]!
        for (let byte = 0; byte < text.length; byte++) buffer[end++] = text[byte]!
      }
    }
    buffer[end++] = 10
  }
  file.end(buffer.subarray(0, end))
  await once(file, 'finish')
}
