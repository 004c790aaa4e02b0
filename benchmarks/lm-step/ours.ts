/**
 * Our training step behind the protocol of the peers (peers/README.md): prints a `ready` line, then answers `run N`,
 * `gemm` and `quit`. Starts from the parameters that the PyTorch peer dumped, so that losses can be compared.
 *
 *   ours.ts --dump DIR --config small|medium|awd-like --threads N [--cell lstm|four-lines] [--dropout RATE] [--warmup N]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import {
  add,
  type Cell,
  compileFunction,
  createTrainStep,
  filled,
  matmul,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sgd,
  sigmoid,
  type Tensor,
  tanh,
} from '@elman/core'
import { lstm } from '@elman/layers-recurrent'
import { languageModel, languageModelObjective } from '@elman/pretrain'

const { values } = parseArgs({
  options: {
    dump: { type: 'string' },
    config: { type: 'string', default: 'medium' },
    threads: { type: 'string', default: '1' },
    warmup: { type: 'string', default: '5' },
    cell: { type: 'string', default: 'lstm' },
    dropout: { type: 'string', default: '0' },
  },
})

/** Sizes as in peers/step_protocol.py. */
const CONFIGS: Record<
  string,
  {
    embedding: number
    hidden: number[]
    tied: boolean
    batch: number
    bptt: number
    clip: number
    scale: number
  }
> = {
  small: { embedding: 200, hidden: [200, 200], tied: false, batch: 20, bptt: 20, clip: 5, scale: 0.1 },
  medium: { embedding: 650, hidden: [650, 650], tied: false, batch: 20, bptt: 35, clip: 5, scale: 0.05 },
  'awd-like': {
    embedding: 400,
    hidden: [1150, 1150, 400],
    tied: true,
    batch: 20,
    bptt: 70,
    clip: 0.25,
    scale: 0.05,
  },
}

/** The LSTM as a stranger may write it: four gates, four lines, twelve weights. */
function lstmFourLines({ inputSize, hidden }: { inputSize: number; hidden: number }): Cell {
  const gate = (p: Record<string, Tensor>, name: string, h: Tensor, x: Tensor) =>
    add(add(matmul(x, p[`input${name}`]!), matmul(h, p[`recurrent${name}`]!)), p[`bias${name}`]!)
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden], c: [hidden] },
    init: () => ({}),
    step(parameters, { h, c }, x) {
      const p = parameters as unknown as Record<string, Tensor>
      const i = sigmoid(gate(p, 'I', h!, x))
      const f = sigmoid(gate(p, 'F', h!, x))
      const g = tanh(gate(p, 'G', h!, x))
      const o = sigmoid(gate(p, 'O', h!, x))
      const cell = add(mul(f, c!), mul(i, g))
      const output = mul(o, tanh(cell))
      return { state: { h: output, c: cell }, output }
    },
  }
}

const config = CONFIGS[values.config!]!
const threads = Number(values.threads)
const folder = values.dump!
const read = (name: string): Float32Array => {
  const bytes = readFileSync(join(folder, `${name}.f32`))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
const idBytes = readFileSync(join(folder, 'ids.i32'))
const ids = new Int32Array(idBytes.buffer.slice(idBytes.byteOffset, idBytes.byteOffset + idBytes.byteLength))
const vocabulary = ids.reduce((most, id) => Math.max(most, id), 0) + 1

function transposed(data: Float32Array, rows: number, columns: number): NdArray {
  const out = new Float32Array(data.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j]!
  return ndArray('float32', [columns, rows], out)
}

function columns(x: NdArray, from: number, to: number): NdArray {
  const [rows, width] = x.shape as [number, number]
  const out = new Float32Array(rows * (to - from))
  for (let i = 0; i < rows; i++)
    out.set((x.data as Float32Array).subarray(i * width + from, i * width + to), i * (to - from))
  return ndArray('float32', [rows, to - from], out)
}

const sizes = [config.embedding, ...config.hidden]
const fourLines = values.cell === 'four-lines'
const cells = config.hidden.map((hidden, i) =>
  (fourLines ? lstmFourLines : lstm)({ inputSize: sizes[i]!, hidden }),
)
const rate = Number(values.dropout)
const model = languageModel({
  vocabularySize: vocabulary,
  embedding: config.embedding,
  cells,
  tied: config.tied,
  dropout: rate === 0 ? {} : { input: rate, between: rate, output: rate },
})
const objective = languageModelObjective(model, { batch: config.batch, time: config.bptt })

const layers = config.hidden.map((hidden, i): Parameters => {
  const input = transposed(read(`rnns.${i}.weight_ih_l0`), 4 * hidden, sizes[i]!)
  const recurrent = transposed(read(`rnns.${i}.weight_hh_l0`), 4 * hidden, hidden)
  const bias = ndArray('float32', [4 * hidden], read(`rnns.${i}.bias_ih_l0`))
  if (!fourLines) return { input, recurrent, bias }
  return Object.fromEntries(
    [...'IFGO'].flatMap((name, k) => [
      [`input${name}`, columns(input, k * hidden, (k + 1) * hidden)],
      [`recurrent${name}`, columns(recurrent, k * hidden, (k + 1) * hidden)],
      [
        `bias${name}`,
        ndArray('float32', [hidden], (bias.data as Float32Array).slice(k * hidden, (k + 1) * hidden)),
      ],
    ]),
  )
})
const top = sizes.at(-1)!
const parameters: Parameters = {
  embedding: ndArray('float32', [vocabulary, config.embedding], read('embedding.weight')),
  rnn: Object.fromEntries(layers.map((layer, i) => [String(i), layer])),
  softmax: {
    ...(config.tied ? {} : { weight: transposed(read('decoder.weight'), vocabulary, top) }),
    bias: ndArray('float32', [vocabulary], read('decoder.bias')),
  },
}

const backend = onnxRuntimeBackend({ threads, spinning: true })
const optimizer = sgd({ rate: 1, clip: config.clip })
const started = performance.now()
const step = await createTrainStep(backend, objective, optimizer, {
  parameters,
  optimizer: optimizer.init(parameters),
  carried: objective.initialState(),
})
const compileMilliseconds = performance.now() - started

const perRow = Math.floor(ids.length / config.batch)
let position = 0
let done = 0
async function one(): Promise<number> {
  if (position + config.bptt + 1 > perRow) position = 0
  const window = (shift: number): NdArray => {
    const data = new Int32Array(config.bptt * config.batch)
    for (let t = 0; t < config.bptt; t++)
      for (let b = 0; b < config.batch; b++)
        data[t * config.batch + b] = ids[b * perRow + position + t + shift]!
    return ndArray('int32', [config.bptt, config.batch], data)
  }
  const batch = {
    arrays: { input: window(0), target: window(1) },
    tokens: config.bptt * config.batch,
    startsEpoch: position === 0,
  }
  const { loss } = await step.run([batch], { key: random.key(1), step: done, rate: 1 })
  position += config.bptt
  done += 1
  return loss
}

const flopsPerToken =
  sizes.slice(1).reduce((total, hidden, i) => total + 4 * hidden * (sizes[i]! + hidden), 0) + top * vocabulary
const flops = 3 * 2 * config.batch * config.bptt * flopsPerToken

async function gemmRate(m: number, k: number, n: number): Promise<number> {
  const f = await compileFunction(backend, (a: Tensor, b: Tensor) => matmul(a, b), [
    filled([m, k], 0.5),
    filled([k, n], 0.5),
  ])
  const [a, b] = [filled([m, k], 0.5), filled([k, n], 0.25)]
  const into = [filled([m, n])]
  const times: number[] = []
  for (let i = 0; i < 12; i++) {
    const start = performance.now()
    await f.executable.run([a, b], { into })
    times.push(performance.now() - start)
  }
  await f.dispose()
  return (2 * m * k * n) / median(times.slice(2)) / 1e6
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
const losses: number[] = []
for (let i = 0; i < Number(values.warmup); i++) losses.push(await one())
say({
  event: 'ready',
  engine: 'elman',
  ...backend.describe(),
  config: values.config,
  cell: values.cell,
  threads,
  compileMilliseconds,
  losses,
})
let block = 0
for await (const line of createInterface({ input: process.stdin })) {
  const [word, count] = line.trim().split(' ')
  if (word === 'run') {
    const times: number[] = []
    const blockLosses: number[] = []
    for (let i = 0; i < Number(count); i++) {
      const start = performance.now()
      blockLosses.push(await one())
      times.push(performance.now() - start)
    }
    const ms = median(times)
    say({
      event: 'block',
      block: block++,
      steps: times.length,
      ms,
      msMin: Math.min(...times),
      tokensPerSecond: (config.batch * config.bptt * 1000) / ms,
      gflops: flops / ms / 1e6,
      times,
      losses: blockLosses,
    })
  } else if (word === 'gemm') {
    const tokens = config.batch * config.bptt
    say({
      event: 'gemm',
      gemm: {
        square: await gemmRate(1024, 1024, 1024),
        logits: await gemmRate(tokens, top, vocabulary),
        logitsShape: [tokens, top, vocabulary],
      },
    })
  } else if (word === 'quit') break
  else say({ event: 'error', message: `unknown command ${line}` })
}
await step.dispose()
