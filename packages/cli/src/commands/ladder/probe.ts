/** `elman ladder probe`: one learner on one view of one language, printed. */
import { resolve } from 'node:path'
import { ElmanError, suggestion } from '@elman/core'
import {
  findLanguage,
  type LadderPlan,
  mainView,
  namedLearner,
  openResults,
  type ProbePlan,
  probeGroup,
  probeOf,
  runJob,
  VIEWS,
  type View,
} from '@elman/eval'
import { showPhases } from '../../phases.ts'
import type { Terminal } from '../../terminal.ts'
import {
  ladderBackend,
  ladderContainer,
  pluginsOfCall,
  registeredLanguages,
  registeredLearners,
} from './ladder-container.ts'
import { recordText } from './record-text.ts'

/** Options of `elman ladder probe`. */
export interface ProbeOptions {
  readonly task: string
  readonly view?: string
  readonly cell: string
  readonly seed?: number
  readonly steps?: number
  readonly size?: number
  readonly strings?: number
  readonly directory?: string
  readonly backend?: string
  readonly plugin?: readonly string[]
}

/** Trains and tests one probe, and prints its record. */
export async function ladderProbe(options: ProbeOptions, terminal: Terminal): Promise<void> {
  const plugins = pluginsOfCall(options.plugin)
  const container = await ladderContainer(plugins)
  const { language, config } = findLanguage(await registeredLanguages(container), options.task)
  const { cells, learners } = registeredLearners(container)
  const learner = namedLearner(options.cell, cells, learners)
  const view = options.view === undefined ? mainView(language) : viewOf(options.view, language.id)
  const changes = {
    ...(options.steps === undefined ? {} : { steps: options.steps }),
    ...(options.size === undefined ? {} : { trainSize: options.size }),
  }
  const probe: ProbePlan = {
    ...probeOf(language, view, 'window-8', changes),
    ...{ learner: learner.name, learnerConfig: learner.config, languageConfig: config },
  }
  const plan: LadderPlan = {
    profile: 'probe',
    seeds: [options.seed ?? 1],
    test: { multiples: [1, 1.5, 2, 4, 8], strings: options.strings ?? 512 },
    probes: [probe],
  }
  const directory = options.directory === undefined ? undefined : resolve(options.directory)
  const results = directory === undefined ? undefined : await openResults(directory, plan, plugins)
  const phases = showPhases(terminal)
  const began = performance.now()
  const { steps } = probe.training
  const onStep = (step: number) => {
    const rate = (1000 * step) / (performance.now() - began)
    phases.progress({
      phase: probeGroup(probe),
      ...{ done: step, total: steps, unit: 'steps', rate, secondsLeft: (steps - step) / rate },
    })
  }
  try {
    const backend = await ladderBackend(container, options.backend)
    const job = { probe, seeds: plan.seeds, test: plan.test }
    const [record] = await runJob(job, { container, backend, directory, onStep })
    results?.append(record!)
    phases.finish()
    terminal.result(record, recordText(record!))
  } finally {
    phases.finish()
    results?.close()
  }
}

function viewOf(text: string, language: string): View {
  const found = VIEWS.find(view => view === text)
  if (found !== undefined) return found
  throw new ElmanError('LADDER_VIEW_UNKNOWN', {
    message: `there is no view "${text}" of ${language}`,
    hint: suggestion(text, VIEWS, 'views'),
  })
}
