/** The report of a pipeline as Markdown: scores, times, hashes, and the config it came from. */
import { join } from 'node:path'
import { writeFileAtomically } from '@elman/core'
import type { StageRecord } from './pipeline-folder.ts'
import type { PlannedPipeline } from './resolve-pipeline.ts'
import { placeOf } from './stage-basis.ts'

/** Writes `report.md` into the folder of a pipeline. Returns its path. @throws `FILE_UNWRITABLE` */
export async function writePipelineReport(
  directory: string,
  plan: PlannedPipeline,
  done: Readonly<Record<string, StageRecord>>,
): Promise<string> {
  const path = join(directory, 'report.md')
  await writeFileAtomically(path, pipelineReport(plan, done))
  return path
}

/** The report's text. */
export function pipelineReport(plan: PlannedPipeline, done: Readonly<Record<string, StageRecord>>): string {
  const { description, seed, backend } = plan.config
  const finished = Object.keys(done).length
  const lines = [
    '# Pipeline',
    '',
    ...(description === undefined ? [] : [description, '']),
    `${finished} of ${plan.stages.length} stages finished. Seed ${seed}, backend \`${JSON.stringify(backend)}\`.`,
    '',
    ...markdownTable(
      ['stage', 'type', 'inputs', 'scores', 'seconds', 'sessions', 'finished'],
      plan.stages.map(({ name, type, inputs }) => {
        const record = done[name]
        const from = Object.entries(inputs).map(([port, input]) => `${port}: ${placeOf(input)}`)
        const row = [name, type, from.join(', ')]
        if (record === undefined) return [...row, '', '', '', 'not yet']
        const { scores, seconds, sessions, finishedAt } = record
        const shown = Object.entries(scores).map(([score, value]) => `${score} ${number(value)}`)
        return [...row, shown.join(', '), seconds.toFixed(1), String(sessions), finishedAt]
      }),
    ),
    '',
    'Seconds are those of the process that finished the stage; sessions count the processes that worked on it.',
    '',
    '## Artefacts',
    '',
    ...markdownTable(
      ['artefact', 'kind', 'SHA-256'],
      plan.stages.flatMap(({ name }) =>
        Object.entries(done[name]?.outputs ?? {}).map(([output, { kind, hash }]) => [
          `${name}.${output}`,
          kind,
          `\`${hash}\``,
        ]),
      ),
    ),
    '',
    '## Stages',
    '',
    ...plan.stages.flatMap(({ name, type, description: text, options }) => [
      `### ${name}`,
      '',
      ...(text === undefined ? [] : [text, '']),
      '```json',
      JSON.stringify({ type, ...options }, null, 2),
      '```',
      '',
    ]),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)))
}
