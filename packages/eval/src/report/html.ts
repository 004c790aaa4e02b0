/**
 * The one way text becomes HTML in a report: a template tag that escapes whatever is put into it.
 *
 * Names, samples, paths and configs come from users and corpora; only what this tag itself made passes unescaped. The mark
 * is a symbol, which no JSON can hold.
 */

const MARKUP = Symbol('markup')

/** Text that is HTML already. Made by {@link html}, {@link join} and {@link trusted} only. */
export interface Html {
  readonly [MARKUP]: string
}

type Insert = Html | string | number | undefined | false | readonly Insert[]

/** Wraps text this package produced itself (styles, drawn SVG) as HTML. Never for text that came from outside. */
export function trusted(markup: string): Html {
  return { [MARKUP]: markup }
}

/** Template tag: literal parts are HTML, inserted values are escaped; `undefined` and `false` insert nothing. */
export function html(parts: TemplateStringsArray, ...inserts: readonly Insert[]): Html {
  let text = parts[0]!
  inserts.forEach((insert, index) => {
    text += markupOf(insert) + parts[index + 1]!
  })
  return trusted(text)
}

/** Puts pieces of HTML one after the other, a line each. */
export function join(pieces: readonly Html[]): Html {
  return trusted(pieces.map(piece => piece[MARKUP]).join('\n'))
}

/** The HTML source of a piece. */
export function source(piece: Html): string {
  return piece[MARKUP]
}

/** Escapes text for element content and quoted attributes; control characters and lone surrogates become U+FFFD. */
export function escapeText(text: string): string {
  return text.replace(FORBIDDEN, '\uFFFD').replace(/[&<>"']/g, character => ENTITIES[character]!)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\p{Surrogate}]/gu
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function markupOf(insert: Insert): string {
  if (insert === undefined || insert === false) return ''
  if (typeof insert === 'string') return escapeText(insert)
  if (typeof insert === 'number') return String(insert)
  if (Array.isArray(insert)) return insert.map(markupOf).join('')
  return (insert as Html)[MARKUP]
}
