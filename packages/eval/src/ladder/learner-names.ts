/** Names of learners in tables and on the command line, and the configs they stand for. */
import { didYouMean, ElmanError } from '@elman/core'
import { learnerName } from '../learners/learner-name.ts'

/** A learner by its name in tables. */
export interface NamedLearner {
  readonly name: string
  /** What the extension point `learner` resolves. */
  readonly config: { readonly type: string } & Readonly<Record<string, unknown>>
}

type Options = Readonly<Record<string, unknown>>

const recurrent =
  (type: string, options: Options = {}) =>
  (hidden: number) => ({
    type: 'recurrent',
    cell: { type, hidden, ...options },
  })

/** Kinds of learners with their number's meaning: the width, but for `window` and `n-gram`, which look back so far. */
const KINDS: Readonly<Record<string, (number: number) => NamedLearner['config']>> = {
  'elman-tanh': recurrent('elman-tanh'),
  'elman-relu': recurrent('elman-relu'),
  gru: recurrent('gru'),
  lstm: recurrent('lstm', { forgetBias: 1 }),
  'stack-rnn': recurrent('stack-rnn'),
  'stack-lstm': recurrent('stack-lstm'),
  'superposition-stack': recurrent('superposition-stack'),
  'queue-rnn': recurrent('queue-rnn'),
  'tape-rnn': recurrent('tape-rnn', { jump: 1 }), // the learner makes it the length of the word
  'diagonal-01': recurrent('diagonal', { eigenvalues: 'zero-one' }),
  'diagonal-11': recurrent('diagonal', { eigenvalues: 'minus-one-one' }),
  window: size => ({ type: 'window', size, hidden: 32 }),
  'n-gram': order => ({ type: 'n-gram', order }),
  transformer: size => ({ type: 'transformer', size, heads: 4, layers: 2 }),
}

/** Kinds that `KIND-NUMBER` names, besides every registered cell. */
export const LEARNER_KINDS: readonly string[] = Object.keys(KINDS)

/**
 * The learner of a name such as `lstm-16`, of any registered cell with a width such as `mgu-16`, or of a config as
 * JSON.
 *
 * @param cells names of all registered cells, a plugin's too
 * @param learners types of all registered learners
 * @throws `LADDER_LEARNER_UNKNOWN`
 */
export function namedLearner(
  text: string,
  cells: readonly string[] = [],
  learners: readonly string[] = [],
): NamedLearner {
  if (text.trimStart().startsWith('{')) return configured(text)
  const [, kind = text, number = ''] = /^(.*?)-(\d+)$/.exec(text) ?? []
  if (number !== '') {
    const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
    if (known !== undefined) return { name: text, config: known(Number(number)) }
    if (cells.includes(kind)) return { name: text, config: recurrent(kind)(Number(number)) }
  }
  if (learners.includes(text)) return { name: text, config: { type: text } }
  if (cells.includes(text)) return namedLearner(`${text}-16`, cells, learners)
  const names = [...LEARNER_KINDS, ...cells, ...learners]
  const guess = didYouMean(kind, names)
  throw new ElmanError('LADDER_LEARNER_UNKNOWN', {
    message: `there is no learner "${text}"`,
    expected: `KIND-WIDTH with a kind of ${[...new Set(names)].join(', ')}; or a config as JSON`,
    hint:
      guess === undefined ? 'elman ladder list shows all' : `did you mean ${guess}${number && `-${number}`}?`,
  })
}

function configured(text: string): NamedLearner {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ElmanError('LADDER_LEARNER_UNKNOWN', {
      message: 'the config of a learner is not JSON',
      found: text,
      hint: `such as '{"type":"recurrent","cell":{"type":"lstm","hidden":16}}'`,
      cause,
    })
  }
  if (typeof (value as { type?: unknown }).type !== 'string') {
    throw new ElmanError('LADDER_LEARNER_UNKNOWN', {
      message: 'the config of a learner has no type',
      found: text,
      hint: `such as '{"type":"recurrent","cell":{"type":"lstm","hidden":16}}'`,
    })
  }
  const config = value as NamedLearner['config']
  return { name: learnerName(config), config }
}
