/** `elman ladder report`: the page of a sweep. */
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Backend, type ElmanContainer, writeFileAtomically } from '@elman/core'
import {
  bestMode,
  isSolved,
  judgeGates,
  type LadderResults,
  newestRecords,
  type ProbeRecord,
  parametersPath,
  readResults,
  renderLadder,
  type StateTrace,
  traceSize,
  traceStates,
} from '@elman/eval'
import type { Terminal } from '../../terminal.ts'
import { drawnAutomata } from './drawn-automata.ts'
import { negativesOf } from './gates.ts'
import { ladderBackend, ladderContainer, registeredLanguages } from './ladder-container.ts'
import { trainedProbe } from './trained-probe.ts'

/** Options of `elman ladder report`. */
export interface LadderReportOptions {
  readonly out?: string
  readonly traces?: boolean
}

/** Most traces on a page: one a language, the best solved probes first. */
const MOST_TRACES = 12

/** Writes the page of a folder of results. */
export async function ladderReport(
  folder: string,
  { out, traces = true }: LadderReportOptions,
  terminal: Terminal,
): Promise<void> {
  const results = readResults(resolve(folder))
  const { plan, plugins, directory } = results
  const container = await ladderContainer(plugins)
  const languages = await registeredLanguages(container)
  const records = newestRecords(results.records)
  const file = resolve(out ?? join(directory, 'report.html'))
  const page = renderLadder({
    ...{ plan, records },
    languages: languages.map(({ language: { id, title, level, trainSize } }) => ({
      id,
      title,
      level,
      trainSize,
    })),
    gates: judgeGates(records, {
      smoke: plan.profile === 'smoke',
      negatives: await negativesOf(directory, languages),
    }),
    traces: traces ? await tracesOf(results, records, container) : [],
    automata: await drawnAutomata(results, records),
  })
  await writeFileAtomically(file, page)
  const shown = relative(process.cwd(), file)
  terminal.result({ file, records: records.length }, `wrote ${shown} from ${records.length} records`)
}

/** A trace for each language with a trained network at hand: of its best probe. */
async function tracesOf(
  results: LadderResults,
  records: readonly ProbeRecord[],
  container: ElmanContainer,
): Promise<StateTrace[]> {
  const backend = await ladderBackend(container)
  const chosen = new Map<string, ProbeRecord>()
  for (const record of records.toSorted(byStrength)) {
    if (chosen.size === MOST_TRACES) break
    if (/^(window|n-gram|transformer)/.test(record.learner)) continue
    if (!existsSync(parametersPath(results.directory, record.probe))) continue
    if (!chosen.has(record.language)) chosen.set(record.language, record)
  }
  const traces: StateTrace[] = []
  for (const record of chosen.values()) {
    const trace = await traceOf(results, record, container, backend)
    if (trace !== undefined) traces.push(trace)
  }
  return traces
}

/** Solved ones first, memories before others, then by frontier. */
function byStrength(a: ProbeRecord, b: ProbeRecord): number {
  const rank = (record: ProbeRecord) =>
    Number(isSolved(record)) * 1e6 + Number(record.hard !== undefined) * 1e5 + record.frontier
  return rank(b) - rank(a)
}

async function traceOf(
  results: LadderResults,
  record: ProbeRecord,
  container: ElmanContainer,
  backend: Backend,
): Promise<StateTrace | undefined> {
  const probe = await trainedProbe(results, record, container)
  if (probe === undefined) return undefined
  const { encoding } = probe
  const size = traceSize(encoding, record.training.trainSize)
  const string = encoding.sample({ seed: 0, stream: 'trace', size, index: 0 })
  const hard = bestMode(record) === 'hard'
  const recogniser = await probe.recogniser(backend, hard, string.inputs.length)
  try {
    return await traceStates(recogniser, encoding, string, { probe: record.probe, hard })
  } finally {
    await recogniser.dispose()
  }
}
