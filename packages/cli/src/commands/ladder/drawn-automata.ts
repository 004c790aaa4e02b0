/** Drawings of the automata in the certificates of a folder. */
import { existsSync, readFileSync } from 'node:fs'
import {
  certificatePath,
  certificateSchema,
  type DrawnAutomaton,
  drawnCertificate,
  type LadderResults,
  type ProbeRecord,
} from '@elman/eval'

/** Most drawings on a page: one a language. */
const MOST = 12

/** One drawing for each language that has a certificate with an automaton. */
export async function drawnAutomata(
  { directory }: LadderResults,
  records: readonly ProbeRecord[],
): Promise<DrawnAutomaton[]> {
  const drawn = new Map<string, DrawnAutomaton>()
  for (const record of records) {
    const file = certificatePath(directory, record.probe)
    if (drawn.size === MOST || drawn.has(record.language) || !existsSync(file)) continue
    const read = certificateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    const drawing = read.success ? await drawnCertificate(record.probe, read.data) : undefined
    if (drawing !== undefined) drawn.set(record.language, drawing)
  }
  return [...drawn.values()]
}
