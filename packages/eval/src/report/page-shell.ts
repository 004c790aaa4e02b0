/** The frame of every page that elman writes: one file that runs nothing and asks for nothing. */
import { type Html, html, trusted } from './html.ts'
import { STYLE } from './style.ts'

/** The policy forbids scripts and every request, so nothing that a sample smuggled in could act. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** What a page holds. */
export interface PageContent {
  readonly title: string
  readonly body: Html
  /** One sentence. */
  readonly footer: string
  /** Style rules besides the common ones; made by this package. */
  readonly style?: string
}

/** A whole HTML document. */
export function pageShell({ title, body, footer, style = '' }: PageContent): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(STYLE + style)}</style>
</head>
<body>
<main>
${body}
<footer>${footer}</footer>
</main>
</body>
</html>
`
}
