/** The order in which plugins register: each after those that it requires. */
import { didYouMean } from '../errors/did-you-mean.ts'
import { ElmanError } from '../errors/elman-error.ts'
import type { Plugin } from './plugin.ts'

/** A plugin that passed the checks made on it alone. */
export interface Candidate {
  readonly plugin: Plugin
  /** Where the user asked for it, such as `elman.config.ts:4`. */
  readonly where?: string
  /** The alias its components are registered under. */
  readonly as?: string
}

/**
 * Sorts plugins so that each comes after what it requires, otherwise as given.
 *
 * A plugin whose requirement is missing, circular or failed is left out.
 *
 * @param failed names of plugins that already failed: requiring one is not a failure of its own
 * @param failures takes PLUGIN_REQUIRES_MISSING and PLUGIN_CYCLE
 */
export function orderPlugins(
  candidates: readonly Candidate[],
  failed: ReadonlySet<string>,
  failures: ElmanError[],
): Candidate[] {
  const byName = new Map(candidates.map(candidate => [candidate.plugin.name, candidate]))
  const usable = new Map<string, boolean>()
  const order: Candidate[] = []

  const visit = (candidate: Candidate, chain: readonly string[]): boolean => {
    const { name } = candidate.plugin
    const known = usable.get(name)
    if (known !== undefined) return known
    if (chain.includes(name)) {
      failures.push(cycle([...chain.slice(chain.indexOf(name)), name], candidate))
      return false
    }
    let complete = true
    for (const required of candidate.plugin.requires ?? []) {
      const other = byName.get(required)
      if (other === undefined && !failed.has(required))
        failures.push(missing(candidate, required, byName.keys()))
      if (other === undefined || !visit(other, [...chain, name])) complete = false
    }
    usable.set(name, complete)
    if (complete) order.push(candidate)
    return complete
  }

  for (const candidate of candidates) visit(candidate, [])
  return order
}

function missing({ plugin, where }: Candidate, required: string, loaded: Iterable<string>): ElmanError {
  const nearest = didYouMean(required, loaded)
  return new ElmanError('PLUGIN_REQUIRES_MISSING', {
    message: `${plugin.name}@${plugin.version} requires the plugin "${required}", which is not loaded`,
    ...(where === undefined ? {} : { where }),
    hint: [
      ...(nearest === undefined ? [] : [`did you mean ${nearest}?`]),
      `add '${required}' to plugins (pnpm add -D ${required} if it is not installed)`,
    ],
  })
}

function cycle(chain: readonly string[], { where }: Candidate): ElmanError {
  return new ElmanError('PLUGIN_CYCLE', {
    message: `plugins require each other in a circle: ${chain.join(' -> ')}`,
    ...(where === undefined ? {} : { where }),
    hint: 'remove one of them, or ask its author to drop the requirement',
  })
}
