/** `elman ladder gates`: the gates judged from the records of a sweep. */
import { resolve } from 'node:path'
import {
  anyGateFails,
  auditNegatives,
  countText,
  type JudgedGate,
  judgeGates,
  type LadderLanguage,
  type NegativesAudit,
  newestRecords,
  readNegatives,
  readResults,
  writeNegatives,
} from '@elman/eval'
import { EXIT } from '../../exit-codes.ts'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { ladderContainer, registeredLanguages } from './ladder-container.ts'

/** Options of `elman ladder gates`. */
export type GatesOptions = Readonly<Record<string, never>>

/** Prints the gates with counts over seeds. Returns 1 when one that must hold does not. */
export async function ladderGates(folder: string, _: GatesOptions, terminal: Terminal): Promise<number> {
  const { plan, plugins, records, directory } = readResults(resolve(folder))
  const smoke = plan.profile === 'smoke'
  const languages = await registeredLanguages(await ladderContainer(plugins))
  const gates = judgeGates(newestRecords(records), {
    smoke,
    negatives: await negativesOf(directory, languages),
  })
  const details = gates.map(({ gate, ...judged }) => ({
    id: gate.id,
    title: gate.title,
    claim: gate.claim,
    ...judged,
  }))
  terminal.result({ profile: plan.profile, gates: details }, gateLines(gates, terminal, true))
  return anyGateFails(gates) ? EXIT.failure : EXIT.success
}

/**
 * The audit of the negatives that G14 is judged by; made now when the folder has none. One that is stopped is not kept.
 */
export async function negativesOf(
  directory: string,
  languages: readonly LadderLanguage[],
  signal?: AbortSignal,
): Promise<readonly NegativesAudit[]> {
  const known = readNegatives(directory)
  if (known !== undefined) return known
  const audits = await auditNegatives(
    languages.map(({ language }) => language),
    signal === undefined ? {} : { signal },
  )
  if (signal?.aborted !== true) await writeNegatives(directory, audits)
  return audits
}

/** Gates as text; `long` shows every learner, otherwise only those that do not hold. */
export function gateLines(gates: readonly JudgedGate[], { colours }: Terminal, long = false): string {
  const lines: string[] = []
  for (const { gate, verdict, learners, missing } of gates) {
    const colour = { holds: colours.green, fails: colours.red, open: colours.dim, reported: colours.cyan }[
      verdict
    ]
    const shown =
      verdict === 'open'
        ? `open: no records of ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}`
        : verdict
    lines.push(`${gate.id.padEnd(4)} ${colour(shown)}  ${gate.title}`)
    if (long) lines.push(`     ${gate.claim}`)
    const rows = learners
      .filter(({ holds }) => long || !holds)
      .map(({ language, view, learner, must, reached, needed, bar, holds }) => [
        `     ${holds ? 'yes' : 'NO '}`,
        `${language}/${view}`,
        learner,
        `must ${must}`,
        `${countText(reached)} reach it${must === 'pass' ? `, ${needed} needed` : ''}`,
        bar,
      ])
    if (rows.length > 0) lines.push(table(rows))
    for (const { explanations } of learners) lines.push(...explanations.map(text => `         ${text}`))
  }
  return lines.join('\n')
}
