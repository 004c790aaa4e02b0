/** `elman probe layers`: what each layer of an encoder knows of parts of speech and of word senses. */
import { basename, join, relative, resolve } from 'node:path'
import { type LayerProbeRecord, type LayerProbeSummary, runLayerProbes } from '@elman/eval'
import { type BackendFlags, createBackend, withBackendFlags } from '../../backend.ts'
import { EXIT } from '../../exit-codes.ts'
import { listenForInterrupt } from '../../interrupt.ts'
import { showPhases } from '../../phases.ts'
import { loadRunContainer } from '../../run-plugins.ts'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { senseData, tagData } from './probe-data.ts'
import { openEncoder } from './probed-encoder.ts'

/** Options of `elman probe layers`. */
export interface ProbeLayersOptions extends BackendFlags {
  readonly pos?: string
  readonly senses?: string
  readonly out?: string
  readonly tags: 'upos' | 'xpos'
  readonly words: number
  readonly context: number
  readonly seeds: number
  readonly steps?: number
  readonly batch?: number
  readonly control: boolean
  readonly plugin?: readonly string[]
}

/** Probes an encoder. Returns the exit status. */
export async function probeLayers(
  path: string,
  options: ProbeLayersOptions,
  terminal: Terminal,
): Promise<number> {
  const { pos, senses, tags, words, context, seeds: count, batch, control } = options
  const model = resolve(path)
  const container = await loadRunContainer(model, options.plugin)
  const reference = withBackendFlags({ type: 'onnxruntime' }, options) as { type: string }
  const backend = await createBackend(reference, container)
  const trainWords = words === 0 ? Number.POSITIVE_INFINITY : words
  const data = {
    tags: pos === undefined ? undefined : await tagData(resolve(pos), { set: tags, trainWords }),
    senses: senses === undefined ? undefined : await senseData(resolve(senses), context),
  }
  const { trained, untrained } = await openEncoder(model, { backend, container, terminal, batch, control })
  const directory = resolve(options.out ?? join('probes', basename(model)))
  const phases = showPhases(terminal)
  const interrupt = listenForInterrupt(() =>
    phases.line('stopping; finished probes are kept. Press Ctrl-C again to stop at once'),
  )
  try {
    const summary = await runLayerProbes({
      ...{ backend, directory, trained, untrained, ...data },
      name: basename(model),
      maxSteps: options.steps,
      seeds: Array.from({ length: count }, (_, index) => index + 1),
      onProgress: phases.progress,
      onRecord: (record, reused) =>
        phases.line(`${record.probe}  ${resultText(record)}${reused ? '  (from before)' : ''}`),
      signal: interrupt.signal,
    })
    phases.finish()
    if (summary === undefined) return EXIT.interrupted
    const report = relative(process.cwd(), join(directory, 'report.html'))
    terminal.result({ kind: 'result', report, ...summary }, `${summaryText(summary)}\n${report}`)
    return EXIT.success
  } finally {
    phases.finish()
    interrupt.stop()
    await trained.dispose()
    await untrained?.dispose()
  }
}

function summaryText({ records, claim }: LayerProbeSummary): string {
  const rows = records.map(record => [record.task, record.encoder, record.layer, resultText(record)])
  const lines = [
    table([['probe', 'weights', 'layer', 'right'], ...rows]),
    '',
    `lower layer: syntax, upper layer: word sense: ${claim.level}`,
    `  syntax: ${claim.syntax.level}. ${claim.syntax.text}`,
    `  word senses: ${claim.senses.level}. ${claim.senses.text}`,
  ]
  return lines.join('\n')
}

function resultText(record: LayerProbeRecord): string {
  const share = ({ right, total }: { readonly right: number; readonly total: number }) =>
    `${((100 * right) / total).toFixed(1)} %`
  const shares = Object.entries(record.mix?.shares ?? {}).map(
    ([layer, value]) => `${layer} ${value.toFixed(2)}`,
  )
  const mix = shares.length === 0 ? '' : `, takes ${shares.join(', ')}`
  if (record.task === 'senses') return `${record.splits.map(({ score }) => share(score)).join(', ')}${mix}`
  return `${share(record.score)}, selectivity ${(100 * record.selectivity).toFixed(1)}, unknown words ${share(record.unknown)}${mix}`
}
