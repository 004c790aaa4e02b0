/** Tables of a ladder's page: gates, and the configs that were in effect. */
import { type Html, html } from '../../report/html.ts'
import { countText, type JudgedGate, type JudgedLearner } from '../judge-gates.ts'
import type { LadderPlan } from '../plan.ts'
import { probeGroup } from '../plan.ts'

/** The gates with counts over seeds, failures explained. */
export function gatesTable(gates: readonly JudgedGate[]): Html {
  const rows = gates.map(
    ({ gate, verdict, learners, missing }) => html`<tr>
<th scope="row">${gate.id}</th><td>${gate.title}<br><small>${gate.claim}</small></td><td class="verdict ${verdict}">${verdict}</td>
<td><ul>${learners.map(learnerItem)}${missing.length > 0 && html`<li><small>no records: ${missing.join(', ')}</small></li>`}</ul></td></tr>`,
  )
  return html`<div class="scroll"><table class="gates"><thead><tr><th scope="col">Gate</th><th scope="col">Claim</th><th scope="col">Verdict</th><th scope="col">Seeds that reach the bar</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

function learnerItem({
  language,
  learner,
  must,
  reached,
  needed,
  bar,
  holds,
  explanations,
}: JudgedLearner): Html {
  const rule = must === 'pass' ? `at least ${needed}` : 'none allowed'
  return html`<li class="${!holds && 'no'}">${holds ? '✓' : '✗'} ${learner} on ${language}: ${countText(reached)} (${rule}; ${bar})${explanations.map(text => html`<small>${text}</small>`)}</li>`
}

/** What every probe was trained with. */
export function configsTable({ probes, seeds, test }: LadderPlan): Html {
  const rows = probes.map(probe => {
    const { trainSize, steps, batch, rate, clip } = probe.training
    return html`<tr><th scope="row" class="path">${probeGroup(probe)}</th><td class="n">${trainSize}</td><td class="n">${steps}</td><td class="n">${batch}</td><td class="n">${rate}</td><td class="n">${clip}</td><td class="value">${JSON.stringify(probe.learnerConfig)}</td></tr>`
  })
  return html`<p>Seeds ${seeds.join(', ')}; ${test.strings} test strings of each of the sizes ${test.multiples.map(factor => `${factor}N`).join(', ')}. Adam, rate constant for the first half and then linear to 0.</p>
<details><summary>${probes.length} probes</summary><div class="scroll"><table><thead><tr><th scope="col">Probe</th><th scope="col" class="n">N</th><th scope="col" class="n">Steps</th><th scope="col" class="n">Batch</th><th scope="col" class="n">Rate</th><th scope="col" class="n">Clip</th><th scope="col">Learner</th></tr></thead><tbody>${rows}</tbody></table></div></details>`
}
