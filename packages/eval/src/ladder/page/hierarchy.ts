/** The hierarchy as a heat map: tasks by level, learners by strength; what is under a square opens on hover or tap. */
import { LEVELS, type Level } from '../../languages/language.ts'
import { accuracyOf } from '../../probe/scores.ts'
import { type Html, html } from '../../report/html.ts'
import { exactInterval } from '../binomial.ts'
import { bestBaselineSizes, sizesOf } from '../scores.ts'
import { bestGroup, type RecordGroup, sortKinds } from './groups.ts'

/** What the page says of a language. */
export interface LanguageFacts {
  readonly id: string
  readonly title: string
  /** Undefined when the language's plugin is not at hand. */
  readonly level: Level | undefined
  readonly trainSize: number
}

/** Lower ends of the steps of the colour scale, in multiples of the training size. */
const STEPS = [0, 0.01, 0.75, 1, 1.5, 2, 4] as const
const STEP_NAMES = ['none', 'below N', 'near N', 'N', '1.5N', '2N', '4N and more'] as const

/** The heat map. */
export function hierarchyMap(groups: readonly RecordGroup[], languages: readonly LanguageFacts[]): Html {
  const kinds = sortKinds(groups.map(({ kind }) => kind))
  const levels: (Level | undefined)[] = [...LEVELS, undefined]
  const bodies = levels.map(level => {
    const own = languages.filter(
      language => language.level === level && groups.some(group => group.language === language.id),
    )
    if (own.length === 0) return html``
    const rows = own.flatMap(language => {
      const views = [
        ...new Set(groups.filter(group => group.language === language.id).map(({ view }) => view)),
      ]
      return views.map((view, index) => row(language, view, index === 0, kinds, groups))
    })
    const name = level?.replaceAll('-', ' ') ?? 'level not known'
    return html`<tr class="level"><th scope="rowgroup" colspan="${kinds.length + 1}">${name}</th></tr>${rows}`
  })
  const heads = kinds.map(kind => html`<th scope="col">${kind}</th>`)
  return html`<div class="legend"><span>Frontier, the largest size up to which all test strings are right:</span>${STEP_NAMES.map(
    (name, step) => html`<span><i class="s${step}"></i>${name}</span>`,
  )}</div>
<div class="scroll map"><table class="ladder"><thead><tr><th></th>${heads}</tr></thead><tbody>${bodies}</tbody></table></div>
<p class="missing">In a square: frontier as a multiple of the training size N (median over seeds), seeds that are right up to 2N, and the certificate. Hover or tap for counts.</p>`
}

function row(
  language: LanguageFacts,
  view: string,
  isFirst: boolean,
  kinds: readonly string[],
  groups: readonly RecordGroup[],
): Html {
  const cells = kinds.map(kind => {
    const found = groups.filter(
      group => group.language === language.id && group.view === view && group.kind === kind,
    )
    const best = bestGroup(found)
    return best === undefined ? html`<td class="none">·</td>` : square(best, found.length)
  })
  const name = isFirst ? language.id : ''
  return html`<tr><th scope="row" title="${language.title}">${name} <small>${view}</small></th>${cells}</tr>`
}

function stepOf(frontier: number): number {
  return STEPS.findLastIndex(low => frontier >= low)
}

function square(group: RecordGroup, widths: number): Html {
  const { solved, records, frontier, mode } = group
  const level = bestLevel(group)
  return html`<td class="s${stepOf(frontier)}" tabindex="0"><b>${multiple(frontier)}${level !== undefined && html`<span class="badge">${level}</span>`}</b><small>${solved}/${records.length}${mode === 'hard' && ' hard'}</small>${tip(group, widths)}</td>`
}

function tip({ learner, records, solved, mode, group }: RecordGroup, widths: number): Html {
  const { lower, upper } = exactInterval({ right: solved, total: records.length })
  const rows = records[0]!.soft.map(({ size }, index) => {
    const strings = records
      .map(record => sizesOf(record, mode)[index]?.strings)
      .filter(item => item !== undefined)
    const right = strings.reduce((sum, item) => sum + item.right, 0)
    const total = strings.reduce((sum, item) => sum + item.total, 0)
    return html`<tr><th>size ${size}</th><td>${right} of ${total}</td></tr>`
  })
  const accuracy = records.map(record => accuracyOf(sizesOf(record, mode))).toSorted((a, b) => a - b)
  const first = records[0]!
  const baseline = accuracyOf(bestBaselineSizes(first))
  const skills = records.flatMap(record => (mode === 'hard' ? record.hardSkill : record.skill) ?? [])
  const skill = skills.length === 0 ? 'not defined' : `${Math.max(...skills).toFixed(3)} at best`
  const certificates = records.flatMap(({ certificate }) => certificate?.summary ?? [])
  return html`<div class="tip" role="tooltip"><b>${learner}</b>${group.split('/').slice(0, 2).join(', ')}${widths > 1 && ` (best of ${widths} widths)`}<br>
${solved} of ${records.length} seeds right up to 2N (${percent(lower)} to ${percent(upper)}, exact 95 %)<br>
tokens ${percent(accuracy[accuracy.length >> 1]!)} (median), ${first.bestBaseline} ${percent(baseline)}; skill ${skill}<br>
${certificates[0] !== undefined && html`${certificates[0]}<br>`}strings right, ${mode}, all seeds:<table>${rows}</table></div>`
}

/** The highest certificate level among seeds: `K4` of `K4-twin`. */
function bestLevel({ records }: RecordGroup): string | undefined {
  const levels = records.flatMap(({ certificate }) => certificate?.level.slice(0, 2) ?? [])
  return levels.toSorted().at(-1)
}

/** `1.5N` */
export function multiple(value: number): string {
  return value === 0 ? '0' : `${Number(value.toFixed(2))}N`
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`
}
