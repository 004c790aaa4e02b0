/**
 * What a command's exit status means; `elman help` and docs/errors.md tell the same.
 *
 * 0 it worked; 1 it failed; 2 the command line, the config or a plugin is wrong; 3 training diverged; 130 Ctrl-C.
 */
export const EXIT: {
  /** It worked. */
  readonly success: 0
  /** It failed. */
  readonly failure: 1
  /** The command line, the config or a plugin is wrong. */
  readonly usage: 2
  /** Training diverged. */
  readonly diverged: 3
  /** Stopped by Ctrl-C. */
  readonly interrupted: 130
} = { success: 0, failure: 1, usage: 2, diverged: 3, interrupted: 130 }

const USAGE = /^(CONFIG|PLUGINS?|USAGE|CLI)_/
const ALSO_USAGE: ReadonlySet<string> = new Set([
  'UNKNOWN_TYPE',
  'DUPLICATE_TYPE',
  'DATASET_UNKNOWN',
  'DATASET_CONFIG_INVALID',
  'ORT_OPTION_INVALID',
  'ORT_OPTION_UNKNOWN',
  'RUN_NAME_INVALID',
  'RUN_EXISTS',
  'RUN_NOT_FOUND',
  'REPORT_NOT_A_RUN',
  'PIPELINE_NAME_TWICE',
  'PIPELINE_INPUT_UNKNOWN',
  'PIPELINE_INPUT_MISSING',
  'PIPELINE_INPUT_KIND',
  'PIPELINE_CIRCLE',
  'PIPELINE_NOT_FOUND',
  'PIPELINE_FOLDER_TAKEN',
  'PIPELINE_PRESET_UNKNOWN',
  'REPRODUCE_ROW_UNKNOWN',
  'REPRODUCE_LADDER_UNKNOWN',
  'REPRODUCE_BUDGET_INVALID',
  'REPRODUCE_COMPONENT_MISSING',
  'LADDER_LEARNER_UNKNOWN',
  'LADDER_NOTHING_SELECTED',
  'LADDER_NO_RESULTS',
  'LADDER_PLAN_DIFFERS',
  'LADDER_PROBE_UNKNOWN',
  'LADDER_PROFILE_UNKNOWN',
  'LADDER_TASK_UNKNOWN',
  'LADDER_VIEW_UNKNOWN',
  'PROTOCOL_LANGUAGE_UNKNOWN',
  'PROTOCOL_TASK_UNKNOWN',
])

/** The exit status for an error's code. */
export function exitCodeOf(code: string): number {
  if (code.endsWith('_DIVERGED')) return EXIT.diverged
  return USAGE.test(code) || ALSO_USAGE.has(code) ? EXIT.usage : EXIT.failure
}
