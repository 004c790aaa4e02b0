/** Decoders of `tokenizer.json`: make text of tokens. */
import { fromByteAlphabet } from './byte-alphabet.ts'
import type { DecoderJson } from './tokenizer-json.ts'
import { compilePattern } from './unicode-pattern.ts'

/** Rewrites tokens so that, put together, they are text. */
export type Decoder = (tokens: readonly string[]) => readonly string[]

/** @throws `TOKENIZER_PATTERN_UNSUPPORTED` */
export function createDecoder(json: DecoderJson, where: string): Decoder {
  switch (json.type) {
    case 'Sequence': {
      const parts = json.decoders.map((part, i) => createDecoder(part, `${where}.decoders.${i}`))
      return tokens => parts.reduce((now, part) => part(now), tokens)
    }
    case 'ByteLevel':
      return tokens => [fromByteAlphabet(tokens)]
    case 'WordPiece':
      return tokens => tokens.map((token, i) => wordPieceText(token, i, json.prefix, json.cleanup))
    case 'BPEDecoder':
      return tokens =>
        tokens.map((token, i) => token.replaceAll(json.suffix, () => (i === tokens.length - 1 ? '' : ' ')))
    case 'Metaspace': {
      const scheme = json.prepend_scheme ?? (json.add_prefix_space === false ? 'never' : 'always')
      return tokens =>
        tokens.map((token, i) =>
          token.replaceAll(json.replacement, () => (i === 0 && scheme !== 'never' ? '' : ' ')),
        )
    }
    case 'ByteFallback':
      return bytesToText
    case 'Fuse':
      return tokens => [tokens.join('')]
    case 'Strip':
      return tokens => tokens.map(token => stripSign(token, json.content, json.start, json.stop))
    case 'Replace': {
      const pattern = compilePattern(json.pattern, where)
      return tokens => tokens.map(token => token.replace(pattern, () => json.content))
    }
  }
}

function wordPieceText(token: string, at: number, prefix: string, cleanup: boolean): string {
  const text = at === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`
  return cleanup ? cleanUp(text) : text
}

/** Takes away the spaces before signs and contractions that cutting put there. */
function cleanUp(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(' do not', " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re")
}

/** `<0xC3>` `<0xA9>` is é; each byte of what is no UTF-8 is one U+FFFD. */
function bytesToText(tokens: readonly string[]): readonly string[] {
  const out: string[] = []
  let bytes: number[] = []
  const flush = (): void => {
    if (bytes.length === 0) return
    out.push(utf8OrMarks(Uint8Array.from(bytes)))
    bytes = []
  }
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)
    if (byte !== null) {
      bytes.push(Number.parseInt(byte[1]!, 16))
      continue
    }
    flush()
    out.push(token)
  }
  flush()
  return out
}

function utf8OrMarks(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return '\ufffd'.repeat(bytes.length)
  }
}

function stripSign(token: string, sign: string, start: number, stop: number): string {
  let text = token
  for (let i = 0; i < start && text.startsWith(sign); i++) text = text.slice(sign.length)
  for (let i = 0; i < stop && text.endsWith(sign); i++) text = text.slice(0, -sign.length)
  return text
}
