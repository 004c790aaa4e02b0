/** Whether this installation can run a row: every component that it names has to be registered and take its options. */
import { CollectedError, type ElmanContainer, ElmanError, EVALUATOR, isElmanError } from '@elman/core'
import { resolveExperiment } from '../experiment/run-experiment.ts'
import type { Row } from './row.ts'

/**
 * What a row needs and this installation lacks, a sentence each; empty when it can run. Rows that it builds on are not
 * looked at.
 */
export function missingComponents({ work }: Row, container: ElmanContainer): readonly string[] {
  if (work.kind === 'experiment') {
    const corpus = { type: 'text-files', train: 'any' }
    return problemsOf(() =>
      resolveExperiment({ ...work.experiment, corpus, backend: anyBackend(container) }, container),
    )
  }
  if (work.kind === 'evaluation') {
    return problemsOf(() => container.create(EVALUATOR, work.evaluator, { path: 'evaluator' }))
  }
  return []
}

/**
 * Refuses a row that this installation cannot run.
 *
 * @throws `REPRODUCE_COMPONENT_MISSING`
 */
export function checkComponents(row: Row, container: ElmanContainer): void {
  const missing = missingComponents(row, container)
  if (missing.length === 0) return
  throw new ElmanError('REPRODUCE_COMPONENT_MISSING', {
    message: `row ${row.name} needs what no loaded plugin provides`,
    found: missing.join('\n           '),
    hint: [
      'load the plugin that brings it with --plugin, or take a version of elman that has it',
      'elman plugins list shows what is loaded',
    ],
  })
}

function problemsOf(make: () => unknown): readonly string[] {
  try {
    make()
    return []
  } catch (error) {
    if (!isElmanError(error)) throw error
    const errors = error instanceof CollectedError ? error.failures : [error]
    return errors.map(each => each.details.message)
  }
}

/** A row says nothing of the backend: whichever is there will do for the check. */
function anyBackend(container: ElmanContainer): string | undefined {
  return container.registryOf('backend').list()[0]?.name
}
