/** Whether the inputs of a stage belong together: facts that ids and weights depend on must be the same in all. */
import { CollectedError, ElmanError } from '@elman/core'
import type { Artefact } from './artefact.ts'
import type { AgreedFact, Port } from './stage.ts'

/** An input of a stage with the place it came from. */
export interface OriginalInput {
  readonly artefact: Artefact
  /** For texts: `stage.output`, or a path. */
  readonly from: string
}

/** Facts that the inputs of a stage share, unless a port says otherwise. */
export const AGREED_FACTS: readonly AgreedFact[] = ['vocabulary', 'tokenizer', 'direction']

/**
 * Compares vocabulary, tokenizer and direction of a stage's inputs, as far as they say any.
 *
 * @throws `STAGE_INPUTS_DIFFER` with both sides and where they came from; several are collected
 */
export function checkAgreement(
  stage: string,
  ports: { readonly [name: string]: Port },
  inputs: { readonly [name: string]: OriginalInput },
): void {
  const problems: ElmanError[] = []
  for (const fact of AGREED_FACTS) {
    const saying = Object.entries(inputs).filter(
      ([port, { artefact }]) =>
        artefact.facts[fact] !== undefined && ports[port]?.mayDiffer?.includes(fact) !== true,
    )
    const [first, ...others] = saying
    if (first === undefined) continue
    for (const other of others) {
      if (first[1].artefact.facts[fact] === other[1].artefact.facts[fact]) continue
      problems.push(
        new ElmanError('STAGE_INPUTS_DIFFER', {
          message: `two inputs of stage "${stage}" have not the same ${fact}`,
          expected: side(fact, first),
          found: side(fact, other),
          hint: `make both with the same ${fact}, or give the stage other inputs`,
        }),
      )
    }
  }
  if (problems.length === 1) throw problems[0]
  if (problems.length > 1)
    throw new CollectedError('STAGE_INPUTS_DIFFER', `the inputs of stage "${stage}" differ`, problems)
}

function side(fact: AgreedFact, [port, { artefact, from }]: [string, OriginalInput]): string {
  const value = String(artefact.facts[fact])
  return `${value.length === 64 ? value.slice(0, 12) : value} (input "${port}", ${artefact.kind} from ${from})`
}
