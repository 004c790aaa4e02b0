/** A row's experiment as a file that people copy and change: `elman run` takes it as it is. */
import { ElmanError } from '@elman/core'
import type { Ladder } from './ladder.ts'
import { rowsByName } from './ladder.ts'
import type { Row, RowExperiment } from './row.ts'
import { allPublished } from './row-texts.ts'

/** The experiment that a row's figures come from, and a remark where the row is more than that. */
export interface RowFile {
  readonly config: Readonly<Record<string, unknown>>
  readonly remarks: readonly string[]
}

/**
 * The experiment of a row, its corpus and what to know of it. A row that scores another row's model gives that row's
 * experiment; a count-based one gives an experiment with that model as its baseline.
 *
 * @throws `REPRODUCE_NO_EXPERIMENT` for a count-based model that cannot be a baseline
 */
export function rowExperiment(ladder: Ladder, row: Row, corpus: unknown): RowFile {
  const { work } = row
  const about = [`${row.name} of ladder ${ladder.name}: ${row.title}`, `published: ${allPublished(row)}`]
  const notes = (row.notes ?? []).map(note => `note: ${note}`)
  if (work.kind === 'experiment') {
    const first = work.from === undefined ? [] : [`initialRun: the finished run of row ${work.from}`]
    const last =
      work.checkpoint === 'latest'
        ? ['published figures are of the last epoch: elman evaluate RUN --checkpoint latest']
        : []
    return { config: complete(work.experiment, corpus), remarks: [...about, ...notes, ...first, ...last] }
  }
  if (work.kind === 'n-gram') {
    const remark =
      'counted, not trained: the baseline is the model; the network takes one step and may be replaced'
    const network = { type: 'recurrent-lm', embedding: 8, cell: { type: 'lstm', hidden: 8 } }
    const { type, order } = work.model
    if (type !== 'kneser-ney') throw noExperiment(row.name, type)
    const config = { corpus, model: network, train: { steps: 1 }, sample: false, baseline: { type, order } }
    return { config, remarks: [...about, ...notes, remark] }
  }
  const of =
    work.kind === 'evaluation' ? work.of : work.parts.flatMap(part => ('row' in part ? [part.row] : []))[0]!
  const base = rowExperiment(ladder, rowsByName(ladder).get(of)!, corpus)
  const what =
    work.kind === 'evaluation'
      ? `this is row ${of}; ${row.name} scores its model by evaluator ${JSON.stringify(work.evaluator)}`
      : `this is row ${of}; ${row.name} is a mixture: ${JSON.stringify(work.parts)}`
  return {
    config: base.config,
    remarks: [...about, ...notes, what, `measured by: elman reproduce ${ladder.name} --row ${row.name}`],
  }
}

function noExperiment(row: string, type: string): ElmanError {
  return new ElmanError('REPRODUCE_NO_EXPERIMENT', {
    message: `row ${row} is a count-based model that no experiment file can name`,
    expected: 'a row that trains, or Kneser-Ney, which is the baseline of experiments',
    found: type,
    hint: 'in code it is trainKatz of @elman/pretrain; elman reproduce measures it',
  })
}

function complete(experiment: RowExperiment, corpus: unknown): Readonly<Record<string, unknown>> {
  return { corpus, ...experiment }
}

/** The text of a config file; JSON has no place for remarks. */
export function experimentFileText({ config, remarks }: RowFile, format: 'ts' | 'json'): string {
  if (format === 'json') return `${JSON.stringify(config, null, 2)}\n`
  return [
    "import { defineExperiment } from '@elman/core'",
    '',
    ...remarks.map(remark => `// ${remark}`),
    `export default defineExperiment(${literal(config, '')})`,
    '',
  ].join('\n')
}

/** A plain value as TypeScript: short ones on one line. */
function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${indent}  `
  const isList = Array.isArray(value)
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([key, part]) => (isList ? literal(part, deeper) : `${keyOf(key)}: ${literal(part, deeper)}`))
  const [open, close] = isList ? ['[', ']'] : ['{ ', ' }']
  const short = parts.length === 0 ? (isList ? '[]' : '{}') : `${open}${parts.join(', ')}${close}`
  if (short.length + indent.length <= 100 && !short.includes('\n') && indent !== '') return short
  return `${open.trim()}\n${parts.map(part => `${deeper}${part},\n`).join('')}${indent}${close.trim()}`
}

function keyOf(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`
}
