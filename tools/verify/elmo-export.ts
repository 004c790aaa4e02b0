import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { builtInPlugins } from '@elman/cli'
import { type Backend, createContainer, type ElmanContainer, referenceBackend } from '@elman/core'
import {
  createSentenceEmbedder,
  embedFile,
  type Hdf5File,
  type LoadedElmo,
  loadElmoRun,
  readHdf5,
  resolveElmoExperiment,
  runElmoExperiment,
  writeElmo,
} from '@elman/pretrain'
import type { Check, CheckOptions } from './check.ts'
import { PEERS_PYTHON, peersPython } from './peers-python.ts'
import { runProgram } from './run-program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const script = join(root, 'tools/goldens/elmo-files.py')

/** A model trained here, in tools that know nothing of ours. */
export const elmoExport: Check = {
  name: 'elmo-export',
  claim:
    'a model trained here on the bundled text is written as HDF5 and options.json; h5py opens it, and a forward pass in numpy gives every layer of every token as ours does; neighbours and padding do not change what a sentence gets; files of vectors in hdf5, npy and safetensors hold the same numbers for h5py and numpy',
  tolerance:
    '1e-9 in float64, 1e-4 in float32 (ONNX Runtime); neighbours: no bit; sums of files 1e-6 relative',
  duration: '1 min',
  needs: `${PEERS_PYTHON}, with h5py`,
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'elman-elmo-export-'))
    try {
      return await measure(options, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function measure({ note }: CheckOptions, folder: string) {
  const python = peersPython()
  const backend = onnxRuntimeBackend()
  const elmo = await trainTiny(createContainer(await builtInPlugins()), backend, folder)
  const files = { options: join(folder, 'options.json'), weights: join(folder, 'weights.hdf5') }
  await writeElmo(files, elmo)
  const sentences = join(folder, 'sentences.txt')
  const lines = [
    'The U.S. Centers said : " stay open " .',
    'naïve café — 東京 😀',
    'x',
    `${'long'.repeat(20)} <S> @-@`,
  ]
  writeFileSync(sentences, `${lines.join('\n')}\n`)

  const out = join(folder, 'numpy.hdf5')
  await runProgram(python, [script, 'embed', files.options, files.weights, sentences, out], root)
  const expected = await readHdf5(out)
  const [doubles, singles] = [
    await furthest(referenceBackend(), elmo, lines, expected, 'float64'),
    await furthest(backend, elmo, lines, expected, 'float32'),
  ]
  note(`from numpy's forward pass: ${doubles} in float64, ${singles} in float32`)
  const neighbours = await changedByNeighbours(backend, elmo, lines)
  note(`changed by neighbours and padding, state reset, float32: ${neighbours}`)
  const sums = await writtenSums(backend, elmo, sentences, folder, python)
  note(`sums of the vectors in hdf5, npy and safetensors: ${sums.join(', ')}`)
  const spread = (Math.max(...sums) - Math.min(...sums)) / Math.abs(sums[0]!)
  return {
    measured: { float64: doubles, float32: singles, neighbours, 'spread of sums': spread },
    pass: doubles < 1e-9 && singles < 1e-4 && neighbours === 0 && spread < 1e-6,
  }
}

/** Updates by a large rate, so that weights and vectors are far from what was drawn, and the clips act. */
async function trainTiny(container: ElmanContainer, backend: Backend, folder: string): Promise<LoadedElmo> {
  const config = {
    corpus: 'wiki-sample',
    preset: 'tiny',
    softmax: { type: 'sampled', samples: 64 },
    train: { steps: 150, batch: 4, time: 10, evaluateEvery: 1000, optimizer: { type: 'adam', rate: 0.05 } },
    evaluate: { batch: 16, time: 40 },
  }
  const experiment = resolveElmoExperiment(config, container)
  const { path } = await runElmoExperiment(experiment, { backend, container, directory: folder, name: 'run' })
  return loadElmoRun(path, container)
}

/** Largest difference of a number of any layer. */
async function furthest(
  backend: Backend,
  elmo: LoadedElmo,
  lines: readonly string[],
  { datasets }: Hdf5File,
  dtype: 'float32' | 'float64',
): Promise<number> {
  const embedder = await createSentenceEmbedder(backend, elmo, { dtype })
  let [worst, largest] = [0, 0]
  for await (const { index, layers } of embedder.embed(lines.map(line => line.split(' ')))) {
    const expected = datasets.get(String(index))!.read()
    if (String(expected.shape) !== String(layers.shape))
      throw new Error(`sentence ${index} has another shape`)
    layers.data.forEach((value, at) => {
      worst = Math.max(worst, Math.abs(Number(value) - Number(expected.data[at])))
      largest = Math.max(largest, Math.abs(Number(value)))
    })
  }
  await embedder.dispose()
  if (largest < 1) throw new Error(`all vectors are small (${largest}): the comparison would say little`)
  return worst
}

/** The sum of all vectors of a file of sentences in each format, as Python finds it. */
async function writtenSums(
  backend: Backend,
  elmo: LoadedElmo,
  input: string,
  folder: string,
  python: string,
): Promise<number[]> {
  const sums: number[] = []
  for (const format of ['hdf5', 'npy', 'safetensors'] as const) {
    const output = join(folder, `vectors.${format}`)
    await embedFile({ backend, elmo, input, output, format })
    const printed = await runProgram(python, [script, 'vectors', output], root)
    const arrays = JSON.parse(printed) as { readonly [name: string]: { readonly sum: number } }
    sums.push(Object.values(arrays).reduce((total, { sum }) => total + sum, 0))
  }
  return sums
}

/** Largest change of a number of a sentence when it is embedded among others, in another place, and not alone. */
async function changedByNeighbours(
  backend: Backend,
  elmo: LoadedElmo,
  lines: readonly string[],
): Promise<number> {
  const embedder = await createSentenceEmbedder(backend, elmo, { batch: 7 })
  const own = lines.map(line => line.split(' '))
  const others = Array.from({ length: 30 }, (_, i) =>
    Array.from({ length: 1 + ((i * 7) % 19) }, (_, j) => `w${i}${j % 5}`),
  )
  const found: number[][] = []
  for (const sentence of own) {
    for await (const { layers } of embedder.embed([sentence])) found.push([...layers.data].map(Number))
  }
  let worst = 0
  for (const place of [0, 3, 17, 30]) {
    const among = [...others.slice(0, place), ...own, ...others.slice(place)]
    for await (const { index, layers } of embedder.embed(among)) {
      const alone = found[index - place]
      if (alone === undefined) continue
      alone.forEach((value, at) => {
        worst = Math.max(worst, Math.abs(value - Number(layers.data[at])))
      })
    }
  }
  await embedder.dispose()
  return worst
}
