/** Texts the model wrote, epoch after epoch. */
import { type Html, html } from './html.ts'
import type { SampleRecord } from './metrics.ts'
import { count, NONE, short } from './number-text.ts'
import { passOf } from './series.ts'

const SHOWN = 8

/** Samples in the order they were drawn; of many, some evenly chosen are shown and all are folded below. */
export function sampleList(samples: readonly SampleRecord[]): Html {
  if (samples.length === 0) return html`<p class="missing">No samples were drawn during this run.</p>`
  if (samples.length <= SHOWN) return html`<div class="samples">${samples.map(sample)}</div>`
  const chosen = Array.from(
    { length: SHOWN },
    (_, at) => samples[Math.round((at * (samples.length - 1)) / (SHOWN - 1))]!,
  )
  return html`<div class="samples">${chosen.map(sample)}</div>
<details><summary>All ${samples.length} samples</summary><div class="samples">${samples.map(sample)}</div></details>`
}

function sample(record: SampleRecord): Html {
  const follows = record.text.startsWith(record.prompt)
    ? record.text.slice(record.prompt.length)
    : ` ${record.text}`
  const epoch = Number.isFinite(record.epoch) ? String(passOf(record.epoch)) : NONE
  return html`<article class="sample"><header><b>Epoch ${epoch}</b><br>step ${count(record.step)}<br>temperature ${short(record.temperature)}<br>seed ${String(record.seed)}</header>
<p dir="auto"><span class="prompt">${record.prompt}</span>${follows}</p></article>`
}
