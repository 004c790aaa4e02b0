import { ElmanError, suggestion } from '@elman/core'
import { full } from './full.ts'
import type { Profile } from './profile.ts'
import { smoke } from './smoke.ts'
import { standard } from './standard.ts'

/** All profiles, the quickest first. */
export const PROFILES: readonly Profile[] = [smoke, standard, full]

/**
 * A profile by its name.
 *
 * @throws `LADDER_PROFILE_UNKNOWN`
 */
export function findProfile(name: string): Profile {
  const found = PROFILES.find(profile => profile.name === name)
  if (found !== undefined) return found
  throw new ElmanError('LADDER_PROFILE_UNKNOWN', {
    message: `there is no profile "${name}"`,
    expected: PROFILES.map(profile => profile.name).join(', '),
    hint: suggestion(
      name,
      PROFILES.map(profile => profile.name),
      'profiles',
    ),
  })
}
