/** The corrected defects of the publications as a part of a page; docs/formal-languages.md is checked against it. */
import { deletangProtocol } from './deletang/deletang-protocol.ts'
import { deletangTasks } from './deletang/tasks.ts'
import { flareProtocol } from './flare/flare-protocol.ts'
import { flareLanguages } from './flare/languages.ts'
import type { Difference } from './protocol.ts'

interface Named {
  readonly name: string
  readonly differences: readonly Difference[]
}

/** Two tables in Markdown: where paper or released code and elman differ, and what `--original` brings back. */
export function differencesPage(): string {
  return [
    '### Delétang et al.: what differs',
    '',
    ...rows([{ name: 'all', differences: deletangProtocol().differences }, ...deletangTasks()]),
    '',
    '### FLaRe: what differs',
    '',
    ...rows([{ name: 'all', differences: flareProtocol().differences }, ...flareLanguages()]),
  ].join('\n')
}

function rows(parts: readonly Named[]): string[] {
  return [
    '| where | what | original | here | `--original` |',
    '| --- | --- | --- | --- | --- |',
    ...parts.flatMap(({ name, differences }) =>
      differences.map(
        ({ what, original, here, switchable }) =>
          `| ${[name, what, original, here, switchable ? 'as it was' : 'the same'].map(escaped).join(' | ')} |`,
      ),
    ),
  ]
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*')
}
