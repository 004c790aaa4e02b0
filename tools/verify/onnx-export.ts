import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { builtInPlugins } from '@elman/cli'
import { createContainer, referenceBackend } from '@elman/core'
import { createEvaluator, loadModel } from '@elman/pretrain'
import { loadCorpus, startToken } from '@elman/text'
import { elman } from '../../tests/run-elman.ts'
import { smallExperimentFolder } from '../../tests/small-experiment.ts'
import type { Check } from './check.ts'

const TOLERANCE = 1e-5
const TOKENS = 300
const CELLS = ['lstm', 'gru', 'elman-tanh', 'lstm-peephole']

/**
 * Runs a model by onnxruntime-node alone, a token at a time: prints the log-probability of each token after the first.
 * It knows nothing of elman: state parts are told from the names of inputs and outputs.
 */
const ALONE = `
const [runtimePath, model, tokens] = process.argv.slice(2)
const ort = require(runtimePath)
const main = async () => {
  const session = await ort.InferenceSession.create(model)
  const states = session.inputNames.filter(name => name.startsWith('state.'))
  const shape = name => session.inputMetadata.find(value => value.name === name).shape
  let feeds = Object.fromEntries(states.map(name => {
    const dims = shape(name)
    return [name, new ort.Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)), dims)]
  }))
  const ids = JSON.parse(tokens)
  const result = []
  for (let at = 0; at + 1 < ids.length; at++) {
    const token = new ort.Tensor('int32', Int32Array.of(ids[at]), [1, 1])
    const outputs = await session.run({ token, ...feeds })
    result.push(Math.log(outputs.probabilities.data[ids[at + 1]]))
    feeds = Object.fromEntries(states.map(name => [name, outputs['next.' + name.slice('state.'.length)]]))
  }
  console.log(JSON.stringify(result))
}
main().catch(error => { console.error(error); process.exit(1) })
`

/** Exported models by a runtime that knows nothing of elman. */
export const onnxExport: Check = {
  name: 'onnx-export',
  claim: `a trained model exported by elman export (${CELLS.join(', ')}) gives with onnxruntime-node alone, token by token with its state fed back, the log-probabilities that the reference backend gives`,
  tolerance: `${TOLERANCE} in the log-probability of each of ${TOKENS} tokens`,
  duration: '20 s',
  async run({ note }) {
    const folder = smallExperimentFolder()
    const measured: Record<string, number> = {}
    try {
      for (const cell of CELLS) {
        const model = `model.cell={"type":"${cell}","hidden":12}`
        const changes = ['--set', model, 'train.epochs=1', 'baseline=false', 'sample=false']
        await succeed(['run', '--name', cell, ...changes], folder)
        await succeed(['export', `runs/${cell}`, '--to', 'onnx'], folder)
        measured[cell] = await difference(folder, cell)
        note(`${cell}: largest difference ${measured[cell].toExponential(2)}`)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    return { measured, pass: Object.values(measured).every(value => value <= TOLERANCE) }
  },
}

async function difference(folder: string, name: string): Promise<number> {
  const container = createContainer(await builtInPlugins())
  const run = join(folder, 'runs', name)
  const { model, parameters, vocabulary, config } = await loadModel(run, container)
  const corpus = await loadCorpus(config.corpus, { baseDirectory: folder })
  const ids = corpus.splits.test!.ids.slice(0, TOKENS)
  // the evaluator reads a start token before the text, where the vocabulary has one
  const start = startToken(vocabulary)
  const read = start === undefined ? [...ids] : [start, ...ids]
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, {
    batch: 1,
    time: 50,
    warmUp: 0,
  })
  const ours = await evaluator.tokenLogProbabilities(parameters, ids)
  await evaluator.dispose()
  const backend = fileURLToPath(import.meta.resolve('@elman/backend-onnxruntime'))
  const runtime = createRequire(pathToFileURL(backend)).resolve('onnxruntime-node')
  const script = join(folder, 'alone.cjs')
  writeFileSync(script, ALONE)
  const printed = execFileSync(
    process.execPath,
    [script, runtime, join(run, 'model.onnx'), JSON.stringify(read)],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  )
  const scored = start === undefined ? ours.subarray(1) : ours
  const alone = JSON.parse(printed) as number[]
  return Math.max(...alone.map((value, at) => Math.abs(value - scored[at]!)))
}

async function succeed(parameters: readonly string[], folder: string): Promise<void> {
  const { code, stderr } = await elman(parameters, folder)
  if (code !== 0) throw new Error(`elman ${parameters.join(' ')} ended with ${code}\n${stderr}`)
}
