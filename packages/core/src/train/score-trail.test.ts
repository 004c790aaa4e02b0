import { describe, expect, test } from 'vitest'
import { NO_TRAIL, type ScoreTrail, turnsUp, withTrail } from './score-trail.ts'

/** The rule of awd-lstm-lm, on a list of losses: the first check at which it switches. */
function switchesAt(losses: readonly number[], patience: number): number {
  return losses.findIndex((loss, i) => {
    const earlier = losses.slice(0, i)
    return earlier.length > patience && loss > Math.min(...earlier.slice(0, earlier.length - patience))
  })
}

/** The same by the trail, which is stored and read back between checks. */
function turnsUpAt(losses: readonly number[], patience: number, length = patience): number {
  let trail: ScoreTrail = NO_TRAIL
  return losses.findIndex(loss => {
    const turned = turnsUp(trail, loss, patience)
    trail = JSON.parse(JSON.stringify(withTrail(trail, loss, length)))
    return turned
  })
}

describe('the non-monotonic rule on scripted losses', () => {
  test.each([
    ['falls for ever', [9, 8, 7, 6, 5, 4, 3, 2, 1], 5, -1],
    ['is above the first when six are there', [5, 6, 6, 6, 6, 6, 6], 5, 6],
    ['has too few checks', [5, 6, 6, 6, 6, 6], 5, -1],
    ['waits until the minimum is older than the patience', [9, 8, 3, 7, 7, 7, 7, 7, 7, 7], 5, 8],
    ['an equal score is not above', [4, 4, 4, 4, 4, 4, 4, 4], 2, -1],
    ['patience of none', [3, 2, 2.5, 1], 0, 2],
    ['a score that is no number is above', [3, 2, 1, Number.NaN], 2, 3],
  ])('%s', (_, losses, patience, at) => {
    expect(turnsUpAt(losses, patience)).toBe(at)
    if (!losses.some(Number.isNaN)) expect(switchesAt(losses, patience)).toBe(at)
  })

  test('is that of the list for any losses, also when the trail is longer than the patience', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const losses = Array.from({ length: 25 }, (_, i) => 10 - i / 4 + ((seed * 7919 * (i + 3)) % 13) / 3)
      const patience = seed % 7
      expect(turnsUpAt(losses, patience)).toBe(switchesAt(losses, patience))
      expect(turnsUpAt(losses, patience, patience + (seed % 4))).toBe(switchesAt(losses, patience))
    }
  })
})
