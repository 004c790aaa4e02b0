/**
 * Drawings of automata as SVG. Graphviz runs as WebAssembly and is loaded at the first drawing. Lines and letters have
 * the colour of the text around, so one drawing serves light, dark and print.
 */
import type { Dfa } from './dfa.ts'
import { type AutomatonLabels, automatonToDot, INK } from './dot.ts'

/** How an automaton is drawn. */
export interface DrawingOptions extends AutomatonLabels {
  /** What the drawing shows, for those who cannot see it, and as its tool tip. */
  readonly title?: string
}

/**
 * The automaton as an `<svg>` element to put into a page or, with a colour of its own, a file. The same automaton and
 * labels give the same text.
 *
 * @throws ElmanError `AUTOMATON_LABELS`.
 */
export async function drawAutomaton(dfa: Dfa, options: DrawingOptions = {}): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz')
  const graphviz = await Graphviz.load()
  const svg = graphviz.dot(automatonToDot(dfa, options))
  const viewBox = /viewBox="([^"]*)"/.exec(svg)![1]!
  const [width, height] = viewBox.split(' ').slice(2)
  const title = escaped(options.title ?? `automaton of ${dfa.classes.length} states`)
  return svg
    .slice(svg.indexOf('<svg'))
    .replace(
      /<svg[^>]*>/,
      () =>
        `<svg xmlns="http://www.w3.org/2000/svg" class="automaton" viewBox="${viewBox}" width="${width}" ` +
        `height="${height}" role="img" aria-label="${title}"><title>${title}</title>`,
    )
    .replace(/<!--[\s\S]*?-->\s*/g, '')
    .replace(/(<g [^>]*>)\s*<title>[^<]*<\/title>/g, '$1') // tool tips of states would hide the drawing's
    .replace(/ id="[^"]*"/g, '') // several drawings stand in one page
    .replaceAll(INK, 'currentColor')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
