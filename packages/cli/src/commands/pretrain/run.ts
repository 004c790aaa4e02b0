/** `elman pretrain run`: the stages of a pipeline's file. */
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { ElmanError } from '@elman/core'
import { resolvePipeline } from '@elman/pretrain'
import { type BackendFlags, createBackend, withBackendFlags } from '../../backend.ts'
import { loadExperiment } from '../../experiment-file.ts'
import { writeRunPlugins } from '../../run-plugins.ts'
import type { Terminal } from '../../terminal.ts'
import { pipelineSession } from './pipeline-session.ts'

/** Options of `elman pretrain run`. */
export interface RunPipelineOptions extends BackendFlags {
  /** Changes to the config: `path=value`. */
  readonly set?: readonly string[]
  readonly plugin?: readonly string[]
  /** Folder of the results. */
  readonly directory?: string
}

/** Names that are looked for when no file is given, in this order. */
const NAMES = ['elman.pipeline.ts', 'elman.pipeline.js', 'elman.pipeline.mjs', 'elman.pipeline.json']

/** Runs a pipeline's file. Returns the exit status. */
export async function runPretrain(
  given: string | undefined,
  options: RunPipelineOptions,
  terminal: Terminal,
): Promise<number> {
  const { set = [], plugin = [] } = options
  const here = process.cwd()
  const found = findPipeline(given, here)
  const { file, folder, config, container } = await loadExperiment(found, { overrides: set, plugins: plugin })
  const backend = withBackendFlags(config.backend, options)
  const complete = backend === undefined ? config : { ...config, backend }
  const plan = await resolvePipeline(complete, {
    ...{ container, baseDirectory: folder },
    file: relative(here, file),
  })
  return pipelineSession(
    {
      ...{ plan, container, backend: await createBackend(plan.config.backend, container) },
      directory: resolve(options.directory ?? join(folder, 'pipeline')),
      onFolder: path =>
        writeRunPlugins({ path }, { configFile: file, commandLine: [...plugin], folder: here }),
    },
    terminal,
  )
}

function findPipeline(given: string | undefined, directory: string): string {
  const path = resolve(directory, given ?? '.')
  const isFile = given !== undefined && /\.\w+$/.test(path)
  const found = (isFile ? [path] : NAMES.map(name => join(path, name))).find(each => existsSync(each))
  if (found !== undefined) return found
  throw new ElmanError('PIPELINE_NOT_FOUND', {
    message: given === undefined ? 'there is no pipeline in this folder' : `there is no pipeline at ${given}`,
    expected: isFile ? 'a file' : `one of ${NAMES.join(', ')}`,
    hint: 'make one with elman pretrain init',
  })
}
