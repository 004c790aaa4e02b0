/** `elman pretrain status`: how far a pipeline is. */
import { pipelineStatus } from '@elman/pretrain'
import { clock } from '../../number-text.ts'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { scoreText } from './pipeline-session.ts'
import { storedPlan } from './resume.ts'

const TEXTS = {
  finished: 'finished',
  begun: 'begun, goes on from its work',
  changed: 'to run again',
  waiting: 'not begun',
} as const

/** Tells how far each stage is. */
export async function pretrainStatus(
  folder: string,
  { plugin }: { readonly plugin?: readonly string[] },
  terminal: Terminal,
): Promise<void> {
  const { plan, directory, container } = await storedPlan(folder, plugin)
  const stages = await pipelineStatus(plan, directory, container)
  const rows = stages.map(({ stage, type, state, changes, record }) => [
    ...[stage, type, TEXTS[state]],
    record === undefined ? '' : clock(record.seconds),
    state === 'changed' ? changes.join('; ') : scoreText(record?.scores ?? {}),
  ])
  const finished = stages.filter(({ state }) => state === 'finished').length
  const next = finished === stages.length ? '' : `; elman pretrain resume ${folder} goes on`
  terminal.result(
    { directory, stages },
    `${table(rows)}\n${finished} of ${stages.length} stages finished${next}`,
  )
}
