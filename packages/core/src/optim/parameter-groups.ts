/** Groups of parameters by patterns over their paths: who learns faster, decays more, or stands still. */
import { z } from 'zod'
import { ElmanError } from '../errors/elman-error.ts'
import { suggestion } from '../errors/suggestion.ts'

/** Settings of the parameters that a pattern matches. */
export interface ParameterGroup {
  /**
   * Pattern over dotted paths: `*` stands for any characters within one name, `**` for any characters at all.
   * `rnn.*.recurrent` matches `rnn.0.recurrent`; `**.bias` every bias below the top.
   */
  readonly pattern: string
  /** Factor on the learning rate; 1 unless given. */
  readonly rateFactor?: number | undefined
  /** Weight decay in place of the optimiser's. */
  readonly weightDecay?: number | undefined
  /** Keeps the parameters as they are. */
  readonly frozen?: boolean | undefined
}

/** What applies to one parameter. */
export interface LeafSettings {
  readonly rateFactor: number
  readonly weightDecay: number
  readonly frozen: boolean
}

/** Schema of {@link ParameterGroup}. */
export const parameterGroupConfig = z.strictObject({
  pattern: z.string().min(1).describe('parameter paths: * within a name, ** across names'),
  rateFactor: z.number().nonnegative().optional().describe('factor on the learning rate'),
  weightDecay: z.number().nonnegative().optional().describe("in place of the optimiser's"),
  frozen: z.boolean().optional().describe('whether the parameters stay as they are'),
})

/** Whether a path matches a pattern of {@link ParameterGroup}. */
export function matchesPattern(pattern: string, path: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map(part => (part === '**' ? '.*' : part === '*' ? '[^.]*' : part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')))
    .join('')
  return new RegExp(`^${source}$`).test(path)
}

/**
 * The settings of each path: those of the first group whose pattern matches, completed with the optimiser's own.
 *
 * @throws `PARAMETER_GROUP_UNMATCHED` when a pattern matches no path at all
 */
export function groupSettings(
  paths: readonly string[],
  groups: readonly ParameterGroup[],
  weightDecay: number,
): LeafSettings[] {
  for (const { pattern } of groups) {
    if (paths.some(path => matchesPattern(pattern, path))) continue
    throw new ElmanError('PARAMETER_GROUP_UNMATCHED', {
      message: `no parameter matches the group pattern "${pattern}"`,
      hint: suggestion(pattern, paths, 'parameters'),
    })
  }
  return paths.map(path => {
    const group = groups.find(({ pattern }) => matchesPattern(pattern, path))
    return {
      rateFactor: group?.rateFactor ?? 1,
      weightDecay: group?.weightDecay ?? weightDecay,
      frozen: group?.frozen ?? false,
    }
  })
}
