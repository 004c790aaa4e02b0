/** Hidden state and memory over the steps of one string, as heat maps. */
import { escapeText, type Html, html, trusted } from '../../report/html.ts'

/** A part of a state over time. */
export interface TracePart {
  readonly name: string
  /** (time, size), row by row. */
  readonly values: Float32Array
  readonly size: number
}

/** What a trained learner does on one string. */
export interface StateTrace {
  /** `parity/dense/lstm-16/seed-1` */
  readonly probe: string
  readonly hard: boolean
  /** Texts of the symbols of each step. */
  readonly symbols: readonly string[]
  /** Texts of the answers of each step; undefined where none is asked. */
  readonly answers: readonly (string | undefined)[]
  /** Whether each asked answer is right. */
  readonly right: readonly boolean[]
  readonly parts: readonly TracePart[]
}

const WIDTH = 440
const LEFT = 56
const ROW = 6
/** Rows of a part that are shown: a stack's top lies first. */
const MOST_ROWS = 32

/** One figure a trace. */
export function traceFigures(traces: readonly StateTrace[]): Html {
  if (traces.length === 0) {
    return html`<p class="missing">No trained parameters are at hand: there are no traces.</p>`
  }
  return html`<p>Positive numbers are orange, negative ones blue, each part by its own largest. Of a memory the first numbers are shown, which are those of its top or head. ^ is the begin symbol, ␣ a blank, | a delimiter; an answer * means that several symbols may follow, and a full stop that the word may end.</p>
<div class="traces">${traces.map(figure)}</div>`
}

function figure(trace: StateTrace): Html {
  const asked = trace.answers.filter(answer => answer !== undefined).length
  const right = trace.right.filter(Boolean).length
  const mode = trace.hard ? ' Memory by its likeliest actions.' : ''
  return html`<figure>${draw(trace)}<figcaption>${trace.probe}: ${right} of ${asked} answers right.${mode}</figcaption></figure>`
}

function draw({ probe, symbols, answers, right, parts }: StateTrace): Html {
  const time = symbols.length
  const step = (WIDTH - LEFT - 4) / time
  const x = (t: number) => round(LEFT + t * step)
  const out: string[] = []
  let y = 14
  const longest = Math.max(
    1,
    ...[...symbols, ...answers].map(text => (text === undefined ? 0 : short(text).length)),
  )
  const size = Math.min(11, Math.max(4, (step * 1.35) / (longest + 0.4)))
  const textRow = (name: string, texts: readonly (string | undefined)[], colour: (t: number) => string) => {
    out.push(
      `<text x="${LEFT - 6}" y="${y}" text-anchor="end" fill="var(--muted)" font-size="10">${name}</text>`,
    )
    for (const [t, text] of texts.entries()) {
      if (text === undefined) continue
      out.push(
        `<text x="${round(LEFT + (t + 0.5) * step)}" y="${y}" text-anchor="middle" font-size="${round(size)}" fill="${colour(t)}">${escapeText(short(text))}</text>`,
      )
    }
    y += 8
  }
  textRow('reads', symbols, () => 'var(--ink)')
  for (const part of parts) {
    const rows = Math.min(part.size, MOST_ROWS)
    const largest = Math.max(1e-6, ...part.values.map(Math.abs))
    const more = part.size > rows ? `${rows} of ${part.size}` : `${part.size}`
    out.push(
      `<text x="${LEFT - 6}" y="${y + (rows * ROW) / 2}" text-anchor="end" fill="var(--muted)" font-size="10">${escapeText(part.name)}</text>`,
      `<text x="${LEFT - 6}" y="${y + (rows * ROW) / 2 + 11}" text-anchor="end" fill="var(--muted)" font-size="8">${more}</text>`,
    )
    for (let t = 0; t < time; t++) {
      for (let unit = 0; unit < rows; unit++) {
        const value = part.values[t * part.size + unit]! / largest
        const opacity = Math.abs(value)
        if (opacity < 0.02) continue
        const colour = value < 0 ? 'var(--low)' : 'var(--high)'
        out.push(
          `<rect x="${x(t)}" y="${y + unit * ROW}" width="${round(step + 0.2)}" height="${ROW + 0.2}" fill="${colour}" opacity="${opacity.toFixed(2)}"/>`,
        )
      }
    }
    out.push(
      `<rect x="${LEFT}" y="${y}" width="${round(time * step)}" height="${rows * ROW}" fill="none" stroke="var(--grid)"/>`,
    )
    y += rows * ROW + 8
  }
  y += 6
  textRow('answers', answers, t => (right[t] ? 'var(--series-3)' : 'var(--alarm)'))
  return trusted(
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escapeText(`states of ${probe} over one string`)}">${out.join('')}</svg>`,
  )
}

const SPECIAL: Readonly<Record<string, string>> = { begin: '^', delimiter: '|', blank: '␣' }

/** Up to three letters; special symbols by a sign. */
function short(text: string): string {
  const special = Object.hasOwn(SPECIAL, text) ? SPECIAL[text] : undefined
  return special ?? ([...text].length <= 3 ? text : `${[...text][0]}…`)
}

function round(value: number): number {
  return Number(value.toFixed(1))
}
