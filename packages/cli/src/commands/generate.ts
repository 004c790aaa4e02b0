import { createGenerator } from '@elman/pretrain'
import { type LoadedRunOptions, loadRun } from '../loaded-run.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman generate`; those left out are as in the run's config. */
export interface GenerateOptions extends LoadedRunOptions {
  readonly prompt?: string
  readonly tokens?: number
  readonly temperature?: number
  readonly topK?: number
  readonly topP?: number
  readonly seed?: number
}

/** Writes text by a run's model, as it comes. */
export async function generate(path: string, options: GenerateOptions, terminal: Terminal): Promise<void> {
  const run = await loadRun(path, options)
  const { prompt, tokens, temperature, topK, topP, seed } = options
  const given = Object.entries({ prompt, tokens, temperature, topK, topP, seed }).filter(
    ([, value]) => value !== undefined,
  )
  const configured = run.config.sample === false ? { prompt: '', temperature: 0.8 } : run.config.sample
  const settings = { ...configured, ...Object.fromEntries(given) }
  const generator = await createGenerator(run.backend, run.model, run.vocabulary)
  try {
    const streams = !terminal.json
    if (streams && settings.prompt !== '') terminal.write(settings.prompt)
    const { text } = await generator.generate(run.parameters, {
      ...settings,
      ...(streams ? { onText: (piece: string) => terminal.write(piece) } : {}),
    })
    if (streams) terminal.write('\n')
    else terminal.result({ run: path, step: run.step, ...settings, text }, '')
  } finally {
    await generator.dispose()
  }
}
