/** What a reader should know before believing the figures. */
import { isDeepStrictEqual } from 'node:util'
import { count, loss, perplexity } from './number-text.ts'
import type { RunSummary } from './summary.ts'

/** A sentence about a run. `serious` ones change what the figures mean. */
export interface Warning {
  readonly serious: boolean
  readonly text: string
}

/** Warnings of one run: how it ended, what could not be read, and what is unusual in its curves. */
export function runWarnings(run: RunSummary): Warning[] {
  const warnings: Warning[] = []
  const add = (serious: boolean, text: string) => warnings.push({ serious, text })
  for (const event of run.events) {
    const at = Number.isFinite(event.step) ? `at step ${count(event.step)}` : ''
    const said = event.message === '' ? '' : `: ${event.message}`
    if (event.name === 'diverged') add(true, `Diverged ${at}${said}`)
    if (event.name === 'interrupt') add(event === run.events.at(-1), `Interrupted ${at}${said}`)
    if (event.name === 'resume') add(false, `Resumed ${at}${said}`)
    if (event.name === 'early-stop') add(false, `Stopped early ${at}${said}`)
  }
  if (run.ended === undefined && run.files.metrics.length > 0) {
    add(
      true,
      `The run has not finished: it still goes on or was killed. Figures are as of step ${count(run.lastStep)}.`,
    )
  }
  const broken = run.train.filter(record => !Number.isFinite(record.loss)).length
  if (broken > 0) add(true, `The training loss was not a finite number in ${count(broken)} logged steps.`)
  const watched = run.evaluations.filter(record => record.split === run.heldOutSplit)
  const last = watched.at(-1)
  if (run.best !== undefined && last !== undefined && last.loss > run.best.loss + 0.02) {
    const rise = `from ${loss(run.best.loss)} at step ${count(run.best.step)} to ${loss(last.loss)} nats per ${run.unit}`
    add(false, `The ${last.split} loss rose after its best, ${rise}: the model overfits towards the end.`)
  }
  if (run.final !== undefined && run.baseline !== undefined) {
    if (run.final.tokens !== run.baseline.tokens && Number.isFinite(run.baseline.tokens)) {
      const counts = `${count(run.final.tokens)} and ${count(run.baseline.tokens)} tokens`
      add(
        true,
        `Model and baseline ${run.baseline.name} scored different numbers of tokens (${counts}): not comparable.`,
      )
    } else if (run.final.perplexity > run.baseline.perplexity) {
      const figures = `${perplexity(run.final.perplexity)} against ${perplexity(run.baseline.perplexity)}`
      add(
        false,
        `The model does not reach the baseline ${run.baseline.name} on ${run.final.split}: ${figures}.`,
      )
    }
  }
  for (const problem of run.files.problems) add(true, problem)
  return warnings
}

/** Reasons why the figures of several runs cannot be set side by side. */
export function comparisonWarnings(runs: readonly RunSummary[]): Warning[] {
  const warnings: Warning[] = []
  const differ = (of: (run: RunSummary) => unknown) =>
    runs.some(run => !isDeepStrictEqual(of(run), of(runs[0]!)))
  const scored = runs.filter(run => run.final !== undefined)
  if (differ(run => run.unit)) {
    warnings.push({
      serious: true,
      text: `The runs count different units (${runs.map(run => run.unit).join(', ')}): perplexities are not comparable.`,
    })
  } else if (scored.some(run => run.final!.tokens !== scored[0]!.final!.tokens)) {
    warnings.push({
      serious: true,
      text: `The final evaluations scored different numbers of tokens (${scored.map(run => count(run.final!.tokens)).join(', ')}).`,
    })
  }
  if (scored.some(run => run.final!.split !== scored[0]!.final!.split)) {
    warnings.push({ serious: true, text: 'The final figures are from different splits.' })
  }
  if (differ(run => run.files.data)) {
    warnings.push({ serious: false, text: 'The runs do not have the same data: see the data cards.' })
  }
  return warnings
}
