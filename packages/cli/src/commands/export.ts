import { join } from 'node:path'
import { ElmanError, writeFileAtomically } from '@elman/core'
import { encodeSparse, loadModel, sparsityOf } from '@elman/pretrain'
import { checkpointOf, type LoadedRunOptions } from '../loaded-run.ts'
import { onnxOfModel, writeOnnxModel } from '../onnx-model.ts'
import { loadRunContainer } from '../run-plugins.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman export`. */
export interface ExportOptions extends Pick<LoadedRunOptions, 'checkpoint' | 'plugin'> {
  /** Format of the file: `onnx`, or `sparse` for the parameters without their zeros. */
  readonly to: string
  /** File to write; `model.onnx` in the run folder unless given. */
  readonly out?: string
}

/**
 * Writes the model of a run as one ONNX file with its weights inside, state as inputs and outputs, and the vocabulary
 * beside it.
 *
 * @throws CLI_EXPORT_FORMAT for any other format; what `loadModel` throws
 */
export async function exportRun(path: string, options: ExportOptions, terminal: Terminal): Promise<void> {
  if (options.to === 'sparse') return exportSparse(path, options, terminal)
  if (options.to !== 'onnx') {
    throw new ElmanError('CLI_EXPORT_FORMAT', {
      message: `models are not exported as "${options.to}"`,
      expected: '--to onnx or --to sparse',
    })
  }
  const container = await loadRunContainer(path, options.plugin)
  const loaded = await loadModel(path, container, checkpointOf(options.checkpoint))
  const file = options.out ?? join(path, 'model.onnx')
  const { bytes, inputNames, outputNames } = await onnxOfModel(loaded, file)
  const vocabularyFile = await writeOnnxModel(file, bytes, loaded)
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

/** Writes the parameters without their zeros: what a run with optimiser `pruned` saves. */
async function exportSparse(path: string, options: ExportOptions, terminal: Terminal): Promise<void> {
  const container = await loadRunContainer(path, options.plugin)
  const { parameters, step } = await loadModel(path, container, checkpointOf(options.checkpoint))
  const { zeros, elements } = sparsityOf(parameters)
  const bytes = encodeSparse(parameters)
  const file = options.out ?? join(path, 'model.sparse.safetensors')
  await writeFileAtomically(file, bytes)
  const denseBytes = 4 * elements
  terminal.result(
    { run: path, file, bytes: bytes.length, denseBytes, zeros, elements },
    `${file}  ${(bytes.length / 1e6).toFixed(1)} MB in place of ${(denseBytes / 1e6).toFixed(1)}, ${zeros} of ${elements} numbers are 0, step ${step}`,
  )
}
