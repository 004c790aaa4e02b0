/** Every view of every task, four widths, ten seeds: a night or several, probe by probe. */
import { gateProbes } from './gate-probes.ts'
import { type Profile, probeOf } from './profile.ts'
import { STANDARD_KINDS, STANDARD_WINDOW } from './standard.ts'

const WIDTHS = [8, 16, 32, 64] as const
const MORE_KINDS = ['elman-relu', 'stack-lstm', 'tape-rnn', 'diagonal-01', 'diagonal-11'] as const

/** Profile `full`. */
export const full: Profile = {
  name: 'full',
  title: 'all tasks in all views, four widths, ten seeds; goes on where it was stopped',
  seeds: 10,
  test: { multiples: [1, 1.5, 2, 4, 8], strings: 512 },
  probes: languages => [
    ...languages.flatMap(language =>
      language.views.flatMap(view => [
        ...[...STANDARD_KINDS, ...MORE_KINDS].flatMap(kind =>
          WIDTHS.map(width => probeOf(language, view, `${kind}-${width}`)),
        ),
        probeOf(language, view, STANDARD_WINDOW),
      ]),
    ),
    ...gateProbes(languages, gate => gate.requirements),
  ],
}
