import { join } from 'node:path'
import { compareExported, type ExportedComparison, loadModel } from '@elman/pretrain'
import { datasetsOf, startToken } from '@elman/text'
import { checkpointOf, type LoadedRunOptions } from '../loaded-run.ts'
import { compact, significant } from '../number-text.ts'
import { onnxOfModel, writeOnnxModel } from '../onnx-model.ts'
import { loadRunContainer } from '../run-plugins.ts'
import { splitOf } from '../split.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman quantize`. */
export interface QuantizeCommandOptions extends Pick<LoadedRunOptions, 'checkpoint' | 'plugin'> {
  /** File to write; `model.int8.onnx` in the run folder unless given. */
  readonly out?: string
  /** 7 or 8 bits a weight. */
  readonly bits?: number
  /** Smallest matrix that is worth it, in elements. */
  readonly minimumElements?: number
  /** Split that both files are scored on; `test` unless given. */
  readonly split?: string
  /** Tokens of it that are read, from its beginning; all unless given. */
  readonly tokens?: number
  readonly threads?: number
}

/**
 * Writes the model of a run as an ONNX file with int8 weights, and scores a text by it and by the float file: what it
 * costs in perplexity, what it saves in bytes and time.
 *
 * @throws what `loadModel` and `quantizeOnnx` throw
 */
export async function quantize(
  path: string,
  options: QuantizeCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const { createSession, quantizeOnnx } = await import('@elman/backend-onnxruntime')
  const container = await loadRunContainer(path, options.plugin)
  const loaded = await loadModel(path, container, checkpointOf(options.checkpoint))
  const file = options.out ?? join(path, 'model.int8.onnx')
  const { bytes: float } = await onnxOfModel(loaded, file)
  const { bytes: int8, report } = quantizeOnnx(float, {
    bits: options.bits === 8 ? 8 : 7,
    minimumElements: options.minimumElements,
  })
  const vocabularyFile = await writeOnnxModel(file, int8, loaded)
  terminal.note(`${file}: ${report.weights.length} weights in int8, ${report.kept.length} left as they are`)
  const [split, text] = await splitOf({ ...loaded, datasets: datasetsOf(container) }, options.split)
  const ids = text.ids.subarray(0, options.tokens)
  const session = { graphOptimizationLevel: 'all', threads: options.threads ?? 1 } as const
  const [before, after] = [await createSession(float, session), await createSession(int8, session)]
  try {
    const comparison = await compareExported(
      { model: before, bytes: float.length },
      { model: after, bytes: int8.length },
      ids,
      { first: startToken(loaded.vocabulary) },
    )
    terminal.result(
      { run: path, file, vocabulary: vocabularyFile, split, report, ...comparison },
      comparisonText(split, comparison),
    )
  } finally {
    await before.release()
    await after.release()
  }
}

function comparisonText(split: string, { before, after, ...change }: ExportedComparison): string {
  const row = (name: string, score: typeof before) => [
    ...[name, significant(score.perplexity), `${(score.bytes / 1e6).toFixed(2)} MB`],
    `${compact(score.tokensPerSecond)} tokens/s`,
  ]
  const percent = 100 * change.perplexityChange
  return table([
    ['weights', `perplexity (${split}, ${before.tokens} tokens)`, 'size', 'speed, a token at a time'],
    row('float32', before),
    row('int8', after),
    [
      ...['change', `${percent >= 0 ? '+' : ''}${percent.toFixed(2)} %`, `÷ ${change.sizeRatio.toFixed(2)}`],
      `× ${change.speedRatio.toFixed(2)}`,
    ],
  ])
}
