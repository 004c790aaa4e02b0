import { basename, dirname, join } from 'node:path'
import { flattenParameters, hashConfig, writeFileAtomically } from '@elman/core'
import { type LoadedModel, traceStepGraph } from '@elman/pretrain'
import { vocabularyToJson } from '@elman/text'

/** A step of a run's model as an ONNX file with its weights inside, state as inputs and outputs. */
export async function onnxOfModel(
  { model, parameters, config, step, vocabulary }: LoadedModel,
  file: string,
) {
  const { exportOnnx } = await import('@elman/backend-onnxruntime')
  const { graph, inputNames, outputNames } = traceStepGraph(model, parameters)
  const bytes = exportOnnx(graph, {
    ...{ name: 'elman-language-model', inputNames, outputNames },
    weights: flattenParameters(parameters),
    metadata: {
      'elman.step': String(step),
      'elman.config': hashConfig(config),
      'elman.unit': vocabulary.unit,
      'elman.vocabulary': basename(vocabularyFileOf(file)),
    },
  })
  return { bytes, inputNames, outputNames }
}

/** Writes a model's file and its vocabulary beside it; gives the path of the latter. */
export async function writeOnnxModel(
  file: string,
  bytes: Uint8Array,
  { vocabulary }: LoadedModel,
): Promise<string> {
  const vocabularyFile = vocabularyFileOf(file)
  await writeFileAtomically(file, bytes)
  await writeFileAtomically(vocabularyFile, `${JSON.stringify(vocabularyToJson(vocabulary))}\n`)
  return vocabularyFile
}

function vocabularyFileOf(file: string): string {
  return join(dirname(file), `${basename(file, '.onnx')}.vocabulary.json`)
}
