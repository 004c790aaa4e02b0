import { createHash } from 'node:crypto'

/** The parts of a page that stands alone. */
export interface PageParts {
  /** Text of the title, unescaped. */
  readonly title: string
  readonly style: string
  /** HTML of the body; whatever came from outside must have gone through {@link escapeText}. */
  readonly body: string
  /** The page's one script; none where absent. */
  readonly script?: string
  /** Data for the script, as JSON in the element `data`. */
  readonly data?: unknown
}

/**
 * One HTML file that asks nothing of the network. Its policy forbids every request and every script but its own, whose
 * hash it names, so that a word that is markup could not act even if it came past the escaping.
 */
export function pageShell({ title, style, body, script, data }: PageParts): string {
  const allowed =
    script === undefined
      ? ''
      : ` script-src 'sha256-${createHash('sha256').update(script).digest('base64')}';`
  const policy = `default-src 'none'; style-src 'unsafe-inline';${allowed} base-uri 'none'; form-action 'none'`
  const json =
    data === undefined ? '' : `\n<script type="application/json" id="data">${scriptJson(data)}</script>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
${body}${json}${script === undefined ? '' : `\n<script>${script}</script>`}
</body>
</html>
`
}

/** Escapes text for element content and quoted attributes; control characters and lone surrogates become U+FFFD. */
export function escapeText(text: string): string {
  return text.replace(FORBIDDEN, '\uFFFD').replace(/[&<>"']/g, character => ENTITIES[character]!)
}

/** JSON that can stand in a script element: no character of it can end the element or a line of JavaScript. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
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
