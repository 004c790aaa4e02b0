/** Run folders made by formula, for the tests of the report only: an LSTM on a small corpus, always the same bytes. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a synthetic run is like; defaults give a finished run of five epochs. */
export interface SyntheticRun {
  readonly rate?: number
  readonly hidden?: number
  readonly epochs?: number
  readonly stepsPerEpoch?: number
  /** Lowest loss the curve tends to, nats per word. */
  readonly floor?: number
  /** Last event; `none` for a run that was killed. */
  readonly ending?: 'finish' | 'interrupt' | 'diverged' | 'none'
  readonly resumed?: boolean
  readonly baseline?: boolean
  readonly gradientNorms?: boolean
  readonly sampleText?: string
  readonly license?: string
}

const PATHS = [
  'embedding.weights',
  'rnn.0.input',
  'rnn.0.recurrent',
  'rnn.0.bias',
  'rnn.1.input',
  'rnn.1.recurrent',
  'rnn.1.bias',
  'output.bias',
]
const VERSES = [
  'the the of , and . to the , . in the and of . the to , <unk> the',
  'the king of the <unk> , and the lord is not . what is the man ?',
  'ROMEO : I have not seen the day that I was born , and yet the world is old .',
  'KING HENRY : What say you , my lord ? The night is come , and all our men are gone to rest upon the field .',
  'QUEEN MARGARET : O , speak no more ! Thy words are daggers in mine ear ; the hour is late , and he that loved thee well lies cold beneath the stone .',
]

/** Writes the folder of a synthetic run. */
export async function writeSyntheticRun(directory: string, options: SyntheticRun = {}): Promise<void> {
  const { rate = 1, hidden = 200, license = 'public domain' } = options
  await mkdir(directory, { recursive: true })
  const json = (file: string, value: unknown) =>
    writeFile(join(directory, file), `${JSON.stringify(value, null, 2)}\n`)
  await json('config.json', {
    corpus: { type: 'tiny-shakespeare', unit: 'word', minimumCount: 2 },
    model: {
      type: 'recurrent-lm',
      embedding: 200,
      cell: { type: 'lstm', hidden, forgetBias: 1 },
      layers: 2,
      tied: true,
      dropout: { type: 'plain', rate: 0.35 },
    },
    train: {
      epochs: options.epochs ?? 5,
      batch: 20,
      bptt: 35,
      optimizer: { type: 'sgd', rate, clip: 5 },
      schedule: { type: 'step', from: 3, factor: 0.5, at: [3, 4, 5] },
      seed: 7,
    },
  })
  await json('environment.json', {
    elman: '0.1.0',
    node: 'v20.20.0',
    platform: 'linux',
    arch: 'x64',
    cpu: 'AMD EPYC 9B45',
    cores: 2,
    backend: { name: 'onnxruntime', version: '1.30.0', threads: 2, device: 'cpu' },
    packages: { '@elman/core': '0.1.0', 'onnxruntime-node': '1.30.0' },
    git: '366c6aee0c4f',
    startedAt: '2026-11-25T04:12:31Z',
  })
  await json('data.json', {
    name: 'tiny-shakespeare',
    license,
    files: ['train', 'validation', 'test'].map((split, index) => ({
      split,
      path: `datasets/tiny-shakespeare/${split}.txt`,
      bytes: [1_003_854, 55_770, 55_770][index],
      sha256: Array.from({ length: 64 }, (_, at) => (((at + 1) * (index + 3) * 7) % 16).toString(16)).join(
        '',
      ),
      tokens: [264_812, 14_702, 14_921][index],
    })),
    vocabulary: { kind: 'word', size: 10_032 },
    outOfVocabularyRate: { train: 0.0121, validation: 0.0467, test: 0.0489 },
  })
  await writeFile(
    join(directory, 'metrics.jsonl'),
    metricLines(options)
      .map(line => `${JSON.stringify(line)}\n`)
      .join(''),
  )
}

/** The lines of the metrics file, in order. */
export function metricLines(options: SyntheticRun = {}): Record<string, unknown>[] {
  const { rate = 1, epochs = 5, stepsPerEpoch = 664, floor = 4.35, ending = 'finish' } = options
  const steps = epochs * stepsPerEpoch
  const last = ending === 'finish' ? steps : Math.round(steps * 0.72)
  const lines: Record<string, unknown>[] = [
    { kind: 'event', step: 0, name: 'start', message: 'training starts' },
  ]
  if (options.baseline !== false) {
    const baseline = { kind: 'baseline', name: 'Kneser-Ney 5-gram', seconds: 0.61 }
    lines.push({ ...baseline, split: 'validation', loss: Math.log(171.3), perplexity: 171.3, tokens: 14_702 })
    lines.push({ ...baseline, split: 'test', loss: Math.log(166.4), perplexity: 166.4, tokens: 14_921 })
  }
  const lossAt = (step: number) =>
    floor + (9.21 - floor) * (0.55 * Math.exp(-step / 90) + 0.45 * Math.exp(-step / (steps / 3.4)))
  const evaluate = (step: number, epoch: number, split: string, loss: number) =>
    lines.push({
      kind: 'evaluate',
      step,
      epoch,
      split,
      loss,
      perplexity: Math.exp(loss),
      bitsPerCharacter: loss / Math.LN2 / 4.72,
      unit: 'word',
      tokens: split === 'test' ? 14_921 : 14_702,
      outOfVocabularyRate: split === 'test' ? 0.0489 : 0.0467,
      seconds: 1.9,
    })
  for (let step = 1; step <= last; step++) {
    const epoch = Math.ceil(step / stepsPerEpoch)
    const passes = step / stepsPerEpoch
    const diverging = ending === 'diverged' && step > last - 30
    const loss = diverging
      ? step === last
        ? null
        : lossAt(step) + (step - last + 30) ** 2 / 40
      : lossAt(step) + 0.32 * noise(step)
    const seconds = step * 0.0312 + epoch * 2.1
    lines.push({
      kind: 'train',
      step,
      epoch: passes,
      tokens: step * 700,
      loss,
      rate: rate * 0.5 ** Math.max(0, epoch - 2),
      gradientNorm: diverging ? 4 * 1.3 ** (step - last + 30) : normAt(step) * 2.4,
      ...(options.gradientNorms !== false && { gradientNorms: norms(step) }),
      tokensPerSecond: 22_400 + 900 * noise(step + 0.5) - (step % 397 < 3 ? 9000 : 0),
      seconds: options.resumed === true && step > last / 2 ? seconds - (last / 2) * 0.0312 : seconds,
    })
    if (options.resumed === true && step === Math.round(last / 2)) {
      lines.push({ kind: 'event', step, name: 'interrupt', message: 'stopped by Ctrl-C' })
      lines.push({ kind: 'event', step, name: 'resume', message: `resumed from checkpoints/${step}` })
    }
    if (step % Math.round(stepsPerEpoch / 2) === 0)
      evaluate(step, passes, 'validation', lossAt(step) + 0.06 + (0.5 * step) / steps)
    if (step % stepsPerEpoch === 0) {
      const verse = options.sampleText ?? VERSES[Math.min(VERSES.length, epoch) - 1]
      const sample = {
        kind: 'sample',
        step,
        epoch,
        prompt: verse!.split(' ').slice(0, 2).join(' '),
        text: verse,
      }
      lines.push({ ...sample, temperature: 0.8, seed: 11 })
      lines.push({ kind: 'event', step, name: 'checkpoint', message: `checkpoints/${step}` })
      const parts = {
        data: step * 0.0007,
        step: step * 0.0291,
        evaluate: epoch * 3.8,
        checkpoint: epoch * 0.41,
        log: step * 0.0002,
      }
      lines.push({ kind: 'time', step, parts })
    }
  }
  if (ending === 'finish') evaluate(last, epochs, 'test', lossAt(last) + 0.49)
  if (ending !== 'none') lines.push({ kind: 'event', step: last, name: ending, message: ENDING_TEXT[ending] })
  return lines
}

const ENDING_TEXT = {
  finish: 'all epochs done',
  interrupt: 'stopped by Ctrl-C',
  diverged: 'the loss is NaN; largest gradient: rnn.1.recurrent',
}

const normAt = (step: number) => (0.5 + 2.2 * Math.exp(-step / 160)) * Math.exp(0.35 * noise(step + 0.25))

function norms(step: number): Record<string, number> {
  return Object.fromEntries(
    PATHS.map((path, index) => [
      path,
      normAt(step) *
        2.6 ** -((index * 5) % 8) *
        (1 + 0.4 * noise(step + index * 97)) *
        (1 + (step / 4000) * (index % 3)),
    ]),
  )
}

/** Fixed noise in (-1, 1), looks random, is a formula. */
function noise(at: number): number {
  const wave = Math.sin(at * 12.9898) * 43_758.5453
  return 2 * (wave - Math.floor(wave)) - 1
}
