/**
 * GPT-2's alphabet of bytes: each byte is one printable character, its own where it is printable in Latin-1, else one
 * from U+0100 on (a space is `Ġ`). Source: openai/gpt-2, encoder.py.
 */
import { type AlignedText, rewrite } from '../aligned-text.ts'

const isPrintable = (byte: number): boolean =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174

/** Character of each byte. */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++))
})()

const BYTE_OF: ReadonlyMap<string, number> = new Map(BYTE_CHARACTERS.map((sign, byte) => [sign, byte]))

const encoder = new TextEncoder()

/** Writes a text in the byte alphabet; the bytes of a character all stand for it. */
export function toByteAlphabet(piece: AlignedText): AlignedText {
  const { text } = piece
  if (/^[\0-\x7f]*$/.test(text)) return { ...piece, text: asciiToAlphabet(text) }
  const rewriter = rewrite(piece)
  let at = 0
  for (const sign of text) {
    const bytes = encoder.encode(sign)
    rewriter.put(Array.from(bytes, byte => BYTE_CHARACTERS[byte]!).join(''), at, at + sign.length)
    at += sign.length
  }
  return rewriter.finish()
}

function asciiToAlphabet(text: string): string {
  return text.replace(/[\0-\x20\x7f]/g, sign => BYTE_CHARACTERS[sign.charCodeAt(0)]!)
}

/** The text of characters of the byte alphabet; what is no UTF-8 becomes U+FFFD, other characters stand for themselves. */
export function fromByteAlphabet(tokens: readonly string[]): string {
  const bytes: number[] = []
  for (const token of tokens) {
    const signs = [...token]
    const own = signs.map(sign => BYTE_OF.get(sign))
    if (own.every(byte => byte !== undefined)) for (const byte of own) bytes.push(byte!)
    else for (const byte of encoder.encode(token)) bytes.push(byte)
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))
}
