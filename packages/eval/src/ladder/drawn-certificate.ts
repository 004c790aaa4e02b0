/** The automaton that a certificate carries, drawn. */
import { dfaFromTable, drawAutomaton, minimise } from '../automata/index.ts'
import type { Certificate } from '../certificates/format.ts'
import type { DrawnAutomaton } from './page/automata.ts'

/** Most states that are still read in a drawing. */
const MOST_STATES = 24

/** The drawing; undefined where the certificate has no automaton, or one too large to read. */
export async function drawnCertificate(
  probe: string,
  { evidence, language, level, subject, summary }: Certificate,
): Promise<DrawnAutomaton | undefined> {
  const table = evidence.extraction?.automaton ?? evidence.twin?.automaton
  if (table === undefined) return undefined
  const dfa = minimise(dfaFromTable(table))
  const states = dfa.classes.length
  if (states > MOST_STATES) return undefined
  const names = language.classes
  const isAcceptor = language.target === 'class' && names.length === 2
  const svg = await drawAutomaton(dfa, {
    symbols: language.alphabet,
    ...(isAcceptor || language.target === 'flags' ? {} : { classes: names }),
    title: `automaton of ${probe}`,
  })
  const reference = language.automaton
  const same = reference !== undefined && minimise(dfaFromTable(reference)).classes.length === states
  const relation = level >= 'K3' && same ? ', isomorphic to the reference' : ''
  return { probe, svg, text: `${states} states${relation}; ${level} of the ${subject}. ${summary}.` }
}
