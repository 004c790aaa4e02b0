/**
 * Draws a Vega-Lite specification as SVG source, without a browser or canvas.
 *
 * Vega is loaded at the first drawing, so importing the package stays cheap. Colours are CSS variables of the page
 * (`var(--series-1)`), which lets one drawing serve light, dark and print.
 */
import type { TopLevelSpec } from 'vega-lite'
import { escapeText, type Html, trusted } from './html.ts'

/** What a drawing is called and says, for those who cannot see it. */
export interface DrawingText {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string
  readonly title: string
  readonly description: string
}

/** The look all figures share. Sizes in pixels at the drawn width. */
export const FIGURE_CONFIG = {
  background: 'transparent',
  font: 'inherit',
  aria: false,
  view: { stroke: null },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11.5,
    titleFontWeight: 'normal' as const,
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    domainColor: 'var(--rule)',
    tickColor: 'var(--rule)',
    gridColor: 'var(--grid)',
    tickSize: 4,
    labelPadding: 4,
  },
}

/** Compiles and draws. The SVG carries a title and description, ids of its own, and scales with its container. */
export async function drawSvg(spec: TopLevelSpec, text: DrawingText): Promise<Html> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')])
  const compiled = vegaLite.compile(spec, { config: FIGURE_CONFIG }).spec
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error })
  try {
    return trusted(named(await view.toSVG(), text))
  } finally {
    view.finalize()
  }
}

function named(svg: string, { id, title, description }: DrawingText): string {
  const viewBox = /viewBox="([^"]*)"/.exec(svg)![1]!
  const opening =
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="${viewBox}" role="img" ` +
    `aria-labelledby="${id}-title ${id}-text"><title id="${id}-title">${escapeText(title)}</title>` +
    `<desc id="${id}-text">${escapeText(description)}</desc>`
  return svg
    .replace(/ id="([^"]+)"/g, ` id="${id}-$1"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${id}-$1)`)
    .replace(/<svg[^>]*>/, () => opening)
}
