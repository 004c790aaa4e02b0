/** Automata that were extracted from networks, drawn. */
import { type Html, html, trusted } from '../../report/html.ts'

/** A drawing of an automaton, made by `drawAutomaton`. */
export interface DrawnAutomaton {
  readonly probe: string
  /** One sentence: states, level, isomorphic or not. */
  readonly text: string
  readonly svg: string
}

/** One figure an automaton. */
export function automatonFigures(automata: readonly DrawnAutomaton[]): Html {
  if (automata.length === 0) {
    return html`<p class="missing">No certificate of this sweep carries an automaton.</p>`
  }
  const figures = automata.map(
    ({ probe, text, svg }) =>
      html`<figure><div class="scroll">${trusted(svg)}</div><figcaption>${probe}. ${text}</figcaption></figure>`,
  )
  return html`<div class="automata">${figures}</div>`
}
