/**
 * Scoring a text and writing one, ours beside PyTorch: tokens per second of the medium LSTM language model with random
 * weights, one engine after the other, three times.
 *
 *   pnpm --filter @elman/benchmarks run lm-run --data FOLDER_OF_PTB [--python PATH] [--threads 1,2]
 */
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { random } from '@elman/core'
import { lstm } from '@elman/layers-recurrent'
import { createEvaluator, createGenerator, languageModel } from '@elman/pretrain'
import { loadCorpus } from '@elman/text'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '1,2' },
  },
})
if (values.data === undefined) {
  console.error('give the folder of the Penn Treebank files: --data DIR')
  process.exit(2)
}

const corpus = await loadCorpus({ type: 'ptb', directory: values.data }, { baseDirectory: process.cwd() })
const cells = [650, 650].map(hidden => lstm({ inputSize: 650, hidden }))
const model = languageModel({
  vocabularySize: corpus.vocabulary.size,
  embedding: 650,
  cells,
  initialScale: 0.05,
})
const parameters = model.init(random.key(1))

interface Rates {
  readonly evaluate: number
  readonly generate: number
}

async function ours(threads: number): Promise<Rates> {
  const backend = onnxRuntimeBackend({ threads, spinning: true })
  const evaluator = await createEvaluator(backend, model, corpus.vocabulary, { batch: 10, time: 64 })
  const generator = await createGenerator(backend, model, corpus.vocabulary)
  const best = async (work: () => Promise<number>): Promise<number> => {
    let rate = 0
    for (let round = 0; round < 3; round++) {
      const start = performance.now()
      const tokens = await work()
      rate = Math.max(rate, (1000 * tokens) / (performance.now() - start))
    }
    return Math.round(rate)
  }
  const rates = {
    evaluate: await best(async () => (await evaluator.score(parameters, corpus.splits.valid!)).tokens),
    generate: await best(async () => (await generator.generate(parameters, { tokens: 300 })).ids.length),
  }
  await evaluator.dispose()
  await generator.dispose()
  return rates
}

function peer(threads: number): Rates {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'torch_run.py')
  const text = execFileSync(values.python!, [script, '--data', values.data!, '--threads', String(threads)], {
    encoding: 'utf8',
  })
  return JSON.parse(text) as Rates
}

console.log('| threads | work | elman, tokens/s | torch, tokens/s | ratio |')
console.log('|---|---|---|---|---|')
for (const text of values.threads!.split(',')) {
  const threads = Number(text)
  const rounds = []
  for (let round = 0; round < 2; round++) rounds.push({ own: await ours(threads), torch: peer(threads) })
  for (const work of ['evaluate', 'generate'] as const) {
    const own = Math.max(...rounds.map(round => round.own[work]))
    const torch = Math.max(...rounds.map(round => round.torch[work]))
    console.log(`| ${threads} | ${work} | ${own} | ${torch} | ${(own / torch).toFixed(2)} |`)
  }
}
