import { basename, dirname, join } from 'node:path'
import { ElmanError, flattenParameters, hashConfig, writeFileAtomically } from '@elman/core'
import { loadModel, traceStepGraph } from '@elman/pretrain'
import { vocabularyToJson } from '@elman/text'
import { checkpointOf, type LoadedRunOptions } from '../loaded-run.ts'
import { loadRunContainer } from '../run-plugins.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman export`. */
export interface ExportOptions extends Pick<LoadedRunOptions, 'checkpoint' | 'plugin'> {
  /** Format of the file. */
  readonly to: string
  /** File to write; `model.onnx` in the run folder unless given. */
  readonly out?: string
}

/**
 * Writes the model of a run as one ONNX file with its weights inside, state as inputs and outputs, and the vocabulary
 * beside it.
 *
 * @throws CLI_EXPORT_FORMAT for any format but onnx; what `loadModel` throws
 */
export async function exportRun(path: string, options: ExportOptions, terminal: Terminal): Promise<void> {
  if (options.to !== 'onnx') {
    throw new ElmanError('CLI_EXPORT_FORMAT', {
      message: `models are not exported as "${options.to}"`,
      expected: '--to onnx',
    })
  }
  const { exportOnnx } = await import('@elman/backend-onnxruntime')
  const container = await loadRunContainer(path, options.plugin)
  const loaded = await loadModel(path, container, checkpointOf(options.checkpoint))
  const { graph, inputNames, outputNames } = traceStepGraph(loaded.model, loaded.parameters)
  const file = options.out ?? join(path, 'model.onnx')
  const vocabularyFile = join(dirname(file), `${basename(file, '.onnx')}.vocabulary.json`)
  const bytes = exportOnnx(graph, {
    name: 'elman-language-model',
    inputNames,
    outputNames,
    weights: flattenParameters(loaded.parameters),
    metadata: {
      'elman.step': String(loaded.step),
      'elman.config': hashConfig(loaded.config),
      'elman.unit': loaded.vocabulary.unit,
      'elman.vocabulary': basename(vocabularyFile),
    },
  })
  await writeFileAtomically(file, bytes)
  await writeFileAtomically(vocabularyFile, `${JSON.stringify(vocabularyToJson(loaded.vocabulary))}\n`)
  terminal.result(
    {
      run: path,
      file,
      vocabulary: vocabularyFile,
      bytes: bytes.length,
      inputs: inputNames,
      outputs: outputNames,
    },
    `${file}  ${(bytes.length / 1e6).toFixed(1)} MB, step ${loaded.step}\n${vocabularyFile}`,
  )
}
