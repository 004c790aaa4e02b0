/** `elman pretrain elmo embed`: sentences to the vectors that an ELMo gives their tokens. */
import { resolve } from 'node:path'
import { embedFile, openElmo } from '@elman/pretrain'
import { type BackendFlags, createBackend, withBackendFlags } from '../../backend.ts'
import { commandContainer } from '../../command-container.ts'
import { EXIT } from '../../exit-codes.ts'
import { listenForInterrupt } from '../../interrupt.ts'
import { clock, compact } from '../../number-text.ts'
import { showPhases } from '../../phases.ts'
import type { Terminal } from '../../terminal.ts'
import { shown } from './pipeline-session.ts'

/** Options of `elman pretrain elmo embed`. */
export interface EmbedElmoOptions extends BackendFlags {
  readonly model: string
  readonly to: 'hdf5' | 'npy' | 'safetensors'
  readonly out?: string
  readonly state: 'reset' | 'carry'
  readonly batch?: number
  readonly plugin?: readonly string[]
}

/** Embeds a file. Returns the exit status. */
export async function embedElmo(
  file: string,
  options: EmbedElmoOptions,
  terminal: Terminal,
): Promise<number> {
  const { model, to: format, state, batch, plugin = [] } = options
  const container = await commandContainer(plugin)
  const reference = withBackendFlags({ type: 'onnxruntime' }, options) as { type: string }
  const backend = await createBackend(reference, container)
  const elmo = await openElmo(resolve(model), container)
  const output = resolve(options.out ?? `${file.replace(/\.\w+$/, '')}.${format}`)
  const phases = showPhases(terminal)
  const interrupt = listenForInterrupt(() => phases.line('stopping; nothing is written'))
  try {
    const summary = await embedFile({
      ...{ backend, elmo, format, state, output, input: resolve(file), signal: interrupt.signal },
      ...(batch === undefined ? {} : { batch }),
      onProgress({ sentences, share, seconds }) {
        const total = share === 0 ? sentences : Math.round(sentences / share)
        const rate = sentences / seconds
        phases.progress({
          ...{ phase: 'embedding', done: sentences, total, unit: 'sentences', rate },
          secondsLeft: (total - sentences) / rate,
        })
      },
    })
    phases.finish()
    if (summary === undefined) return EXIT.interrupted
    const { sentences, tokens, layers, features, seconds } = summary
    terminal.result(
      { kind: 'result', file: output, ...summary },
      `${shown(output)}  ${compact(sentences)} sentences, ${compact(tokens)} tokens, ${layers} layers of ${features} features, ${clock(seconds)}`,
    )
    return EXIT.success
  } finally {
    phases.finish()
    interrupt.stop()
  }
}
