/** `elman ladder claims`: theory beside what the records show. */
import { resolve } from 'node:path'
import { writeFileAtomically } from '@elman/core'
import { claimsPage, judgeClaims, newestRecords, readResults } from '@elman/eval'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'

/** Options of `elman ladder claims`. */
export interface ClaimsOptions {
  readonly write?: string
}

/** Prints the claims with their verdicts, or writes them as a page of Markdown. */
export async function ladderClaims(
  folder: string,
  { write }: ClaimsOptions,
  terminal: Terminal,
): Promise<void> {
  const records = newestRecords(readResults(resolve(folder)).records)
  const claims = judgeClaims(records)
  if (write !== undefined) {
    const command = `elman ladder claims ${folder} --write ${write}`
    await writeFileAtomically(resolve(write), claimsPage(claims, command, records.length))
    terminal.result({ file: resolve(write), claims }, `wrote ${write} from ${records.length} records`)
    return
  }
  const rows = claims.map(({ claim, evidence, verdict }) => {
    const held = evidence.filter(({ holds }) => holds === true).length
    const known = evidence.filter(({ holds }) => holds !== undefined).length
    return [claim.network, verdict, `${held} of ${known} expectations`, claim.practice]
  })
  terminal.result({ claims }, table([['network', 'verdict', 'hold', 'expected of training'], ...rows]))
}
