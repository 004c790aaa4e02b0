import { relative } from 'node:path'
import { resolveExperiment, runExperiment } from '@elman/pretrain'
import { readAddedDatasets, withAddedCorpus } from '../added-datasets.ts'
import { type BackendFlags, createBackend, withBackendFlags } from '../backend.ts'
import { loadExperiment } from '../experiment-file.ts'
import { experimentSession } from '../experiment-session.ts'
import { writeRunPlugins } from '../run-plugins.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman run`. */
export interface RunOptions extends BackendFlags {
  /** Changes to the config: `path=value`. */
  readonly set?: readonly string[]
  readonly name?: string
  readonly plugin?: readonly string[]
  /** Folder of all runs; `runs` unless given. */
  readonly directory?: string
}

/** Runs the experiment of a config file in a new folder. Returns the exit status. */
export async function run(
  config: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const { set = [], name, plugin = [], directory = 'runs' } = options
  const loaded = await loadExperiment(config, { overrides: set, plugins: plugin })
  const { container, file, folder } = loaded
  const here = process.cwd()
  const named = withAddedCorpus(loaded.config, await readAddedDatasets(here), here)
  const backend = withBackendFlags(named.backend, options)
  const complete = backend === undefined ? named : { ...named, backend }
  const experiment = resolveExperiment(complete, container, relative(here, file))
  const engine = await createBackend(experiment.backend, container)
  return experimentSession(terminal, ({ onEvent, signal }) =>
    runExperiment(experiment, {
      ...{ backend: engine, container, directory, baseDirectory: folder, signal },
      ...(name === undefined ? {} : { name }),
      async onEvent(event) {
        if (event.kind === 'run') {
          await writeRunPlugins(event.run, { configFile: file, commandLine: [...plugin], folder: here })
        }
        onEvent(event)
      },
    }),
  )
}
