// Every ladder of `elman reproduce`.
import { didYouMean, ElmanError } from '@elman/core'
import type { Ladder } from './ladder.ts'
import { pennTreebankReduced, shakespeareReduced } from './reduced.ts'
import { pennTreebankLadder } from './rows/index.ts'

/** The ladders that come with elman. */
export const ladders: readonly Ladder[] = [pennTreebankLadder, pennTreebankReduced, shakespeareReduced]

/**
 * The ladder of a name.
 *
 * @throws `REPRODUCE_LADDER_UNKNOWN`
 */
export function findLadder(name: string): Ladder {
  const found = ladders.find(ladder => ladder.name === name)
  if (found !== undefined) return found
  const names = ladders.map(ladder => ladder.name)
  const near = didYouMean(name, names)
  throw new ElmanError('REPRODUCE_LADDER_UNKNOWN', {
    message: `there is no ladder ${JSON.stringify(name)}`,
    expected: `one of ${names.join(', ')}`,
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  })
}
