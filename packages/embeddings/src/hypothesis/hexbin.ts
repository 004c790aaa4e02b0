import { averageRanks } from '../evaluate/correlation.ts'
import { escapeText } from '../map/page-shell.ts'

/** A drawing of many points: how they lie in the square of both sides' ranks. */
export interface HexbinOptions {
  /** Unique in the page; letters, digits, hyphens. */
  readonly id: string
  readonly title: string
  /** What it shows, for those who cannot see it. */
  readonly description: string
  /** Titles of the axes; none where absent. */
  readonly xTitle?: string
  readonly yTitle?: string
  /** Hexagons in a row. */
  readonly columns: number
}

const SIDE = 300
const LEFT = 50
const TOP = 26
/** Pairs of a cell beside those it would hold if all were spread evenly. */
const LEVELS = [0, 0.5, 1.2, 2, 4]
const OPACITIES = [0.1, 0.28, 0.5, 0.75, 1]

/**
 * Points as hexagons by density, as SVG. Both axes are ranks in per cent: that is what Spearman's correlation looks at,
 * and it makes evenly spread hexagons what no correlation looks like.
 */
export function drawHexbin(x: readonly number[], y: readonly number[], options: HexbinOptions): string {
  const { id, title, description, xTitle = '', yTitle = '', columns } = options
  const across = averageRanks(x)
  const up = averageRanks(y)
  const width = SIDE / columns
  const radius = width / Math.sqrt(3)
  const cells = new Map<string, { cx: number; cy: number; count: number }>()
  for (let at = 0; at < x.length; at++) {
    const px = ((across[at]! - 0.5) / x.length) * SIDE
    const py = SIDE - ((up[at]! - 0.5) / x.length) * SIDE
    const { cx, cy } = nearestCentre(px, py, width, radius)
    const name = `${cx} ${cy}`
    const cell = cells.get(name) ?? { cx, cy, count: 0 }
    cell.count++
    cells.set(name, cell)
  }
  const even = (x.length * (width * radius * 1.5)) / SIDE ** 2
  const byLevel = LEVELS.map(() => '')
  for (const { cx, cy, count } of cells.values()) {
    const level = LEVELS.findLastIndex(least => count / even > least)
    byLevel[level] += hexagon(cx + LEFT, cy + TOP, radius)
  }
  const marks = byLevel.map((path, level) =>
    path === '' ? '' : `<path d="${path}" fill="var(--series-1)" fill-opacity="${OPACITIES[level]}"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${LEFT + SIDE + 24} ${TOP + SIDE + 46}" role="img" aria-labelledby="${id}-title ${id}-text"><title id="${id}-title">${escapeText(title)}</title><desc id="${id}-text">${escapeText(description)}</desc>
<text x="${LEFT}" y="14" class="head">${escapeText(title)}</text>
<clipPath id="${id}-clip"><rect x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}"/></clipPath>
<g clip-path="url(#${id}-clip)">${marks.join('')}</g>
<path class="frame" d="M${LEFT} ${TOP}V${TOP + SIDE}H${LEFT + SIDE}"/>
${[0, 50, 100].map(tick => axisLabels(tick)).join('')}
<text x="${LEFT + SIDE / 2}" y="${TOP + SIDE + 38}" text-anchor="middle">${escapeText(xTitle)}</text>
<text transform="translate(13 ${TOP + SIDE / 2}) rotate(-90)" text-anchor="middle">${escapeText(yTitle)}</text>
</svg>`
}

/** The levels of density with their hexagons, as HTML. */
export function hexbinLegend(): string {
  const texts = LEVELS.map((least, level) => {
    const most = LEVELS[level + 1]
    return most === undefined ? `more than ${least}` : level === 0 ? `up to ${most}` : `to ${most}`
  })
  const items = texts.map(
    (text, level) =>
      `<li><svg width="16" height="18" viewBox="-8 -9 16 18" aria-hidden="true"><path d="${hexagon(0, 0, 8)}" fill="var(--series-1)" fill-opacity="${OPACITIES[level]}"/></svg>${text}</li>`,
  )
  return `<p class="small">Pairs in a hexagon, times what even spreading would give:</p><ul class="levels">${items.join('')}</ul>`
}

/** The centre nearest to a point, of two rectangular lattices shifted by half a cell. */
function nearestCentre(px: number, py: number, width: number, radius: number): { cx: number; cy: number } {
  const height = radius * 3
  const first = { cx: Math.round(px / width) * width, cy: Math.round(py / height) * height }
  const second = {
    cx: (Math.floor(px / width) + 0.5) * width,
    cy: (Math.floor(py / height) + 0.5) * height,
  }
  const away = ({ cx, cy }: typeof first) => (cx - px) ** 2 + (cy - py) ** 2
  return away(first) <= away(second) ? first : second
}

function hexagon(cx: number, cy: number, radius: number): string {
  const corner = (at: number) => {
    const angle = ((at + 0.5) * Math.PI) / 3
    return `${(cx + radius * Math.cos(angle)).toFixed(1)} ${(cy + radius * Math.sin(angle)).toFixed(1)}`
  }
  return `M${[0, 1, 2, 3, 4, 5].map(corner).join('L')}Z`
}

function axisLabels(tick: number): string {
  const along = (tick / 100) * SIDE
  return `<text x="${LEFT + along}" y="${TOP + SIDE + 17}" text-anchor="middle">${tick} %</text><text x="${LEFT - 6}" y="${TOP + SIDE - along + 4}" text-anchor="end">${tick} %</text>`
}
