import type { ComponentReference } from '../container/descriptor.ts'
import type { PluginReference } from '../plugin/plugin.ts'

/**
 * Sections of an experiment and what they hold. Packages add theirs by declaration merging:
 * `declare module '@elman/core' { interface ExperimentSections { train: TrainConfig } }`.
 */
export interface ExperimentSections {
  /** Where the text comes from. */
  corpus: ComponentReference
  /** The language model. */
  model: ComponentReference
}

/** What an `elman.config.ts` exports: data, and the plugins that know how to read it. */
export type ExperimentConfig = Partial<ExperimentSections> & {
  /** Plugins to load: objects, specifiers, `[specifier, options]`. */
  readonly plugins?: readonly PluginReference[]
  /** Other sections, checked when the experiment is resolved. */
  readonly [section: string]: unknown
}

/** Gives an experiment its type, for completion in an editor; returns it as it is. */
export function defineExperiment<const Config extends ExperimentConfig>(config: Config): Config {
  return config
}
