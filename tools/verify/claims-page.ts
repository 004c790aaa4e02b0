import { fileURLToPath } from 'node:url'
import type { Check } from './check.ts'

/** Where the page lies. */
export const claimsPagePath = fileURLToPath(new URL('../../docs/claims.md', import.meta.url))

/** The page that lists all claims with the command that checks each. */
export function claimsPage(checks: readonly Check[]): string {
  const rows = checks.map(
    ({ name, claim, tolerance, duration, needs }) =>
      `| \`${name}\` | ${[claim, tolerance, duration, needs ?? ''].map(cell).join(' | ')} |`,
  )
  return `# Claims that anyone can check

<!-- Made by \`pnpm run verify --write-docs\`; a test tells when it is out of date. -->

\`\`\`
npx --yes pnpm@12.21.0 run verify NAME [--data DIR]
\`\`\`

A check measures, prints the measurement beside the claim, and ends with one line of JSON; the exit status is 1 when the
claim does not hold. DIR holds the corpora that cannot be bundled, each in its own folder: \`ptb/\`, \`wikitext-2/\`.
The durations are those of two cores.

| name | claim | tolerance | takes | needs |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
