/** The page of a sweep: one HTML file that runs nothing and asks for nothing. */
import type { ProbeRecord } from '../../probe/record.ts'
import { html, source } from '../../report/html.ts'
import { count, duration } from '../../report/number-text.ts'
import { pageShell } from '../../report/page-shell.ts'
import type { JudgedGate } from '../judge-gates.ts'
import type { LadderPlan } from '../plan.ts'
import { automatonFigures, type DrawnAutomaton } from './automata.ts'
import { lengthCurves } from './curves.ts'
import { groupRecords } from './groups.ts'
import { hierarchyMap, type LanguageFacts } from './hierarchy.ts'
import { LADDER_STYLE } from './style.ts'
import { configsTable, gatesTable } from './tables.ts'
import { type StateTrace, traceFigures } from './trace.ts'

/** What a page shows. */
export interface LadderPage {
  readonly plan: LadderPlan
  /** Newest records, one a probe. */
  readonly records: readonly ProbeRecord[]
  readonly languages: readonly LanguageFacts[]
  readonly gates: readonly JudgedGate[]
  readonly traces?: readonly StateTrace[]
  readonly automata?: readonly DrawnAutomaton[]
}

/** The page as HTML. */
export function renderLadder({
  plan,
  records,
  languages,
  gates,
  traces = [],
  automata = [],
}: LadderPage): string {
  const groups = groupRecords(records)
  const facts = withUnknown(languages, records)
  const planned = plan.probes.length * plan.seeds.length
  const seconds = records.reduce((sum, { timing }) => sum + timing.seconds, 0)
  const held = gates.filter(({ verdict }) => verdict === 'holds').length
  const failed = gates.filter(({ verdict }) => verdict === 'fails')
  const body = html`<header><p class="kicker">Ladder, profile ${plan.profile}</p><h1>Which machine is this network?</h1>
<p class="subtitle">${count(records.length)} of ${count(planned)} planned probes · ${plan.seeds.length} ${plan.seeds.length === 1 ? 'seed' : 'seeds'} each · ${duration(seconds)} of one core · ${held} gates hold${failed.length > 0 && `, ${failed.map(({ gate }) => gate.id).join(' ')} ${failed.length === 1 ? 'fails' : 'fail'}`}</p></header>
${records.length === 0 ? html`<p class="missing">There are no records yet.</p>` : hierarchyMap(groups, facts)}
<h2 id="curves">Exact strings by length</h2>
${
  groups.length > 0 &&
  lengthCurves(
    groups,
    facts.map(({ id }) => id),
  )
}
<h2 id="gates">Gates</h2>
${gatesTable(gates)}
<h2 id="traces">State and memory over one string</h2>
${traceFigures(traces)}
<h2 id="automata">Extracted automata</h2>
${automatonFigures(automata)}
<h2 id="configs">Configs in effect</h2>
${configsTable(plan)}`
  return source(
    pageShell({
      ...{ title: `ladder ${plan.profile} – elman`, body, style: LADDER_STYLE },
      footer:
        'Made by elman from the records of a sweep. Every rate stands on counts of test strings; intervals are exact (Clopper and Pearson).',
    }),
  )
}

/** Languages of records whose plugin is not at hand still have a row. */
function withUnknown(languages: readonly LanguageFacts[], records: readonly ProbeRecord[]): LanguageFacts[] {
  const known = new Set(languages.map(({ id }) => id))
  const others = new Map(
    records
      .filter(({ language }) => !known.has(language))
      .map(({ language, training }) => [
        language,
        { id: language, title: language, level: undefined, trainSize: training.trainSize },
      ]),
  )
  return [...languages, ...others.values()]
}
