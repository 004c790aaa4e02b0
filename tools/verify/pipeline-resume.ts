import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@elman/core'
import { elman, startElman } from '../../tests/run-elman.ts'
import type { Check } from './check.ts'

const KILLS = 30
const SEED = 7_26

/** From raw text to scores: every kind of work that a stage can be stopped in. */
const PIPELINE = {
  backend: { type: 'onnxruntime', threads: 1 },
  stages: [
    { name: 'text', type: 'text', corpus: { type: 'text-files', file: 'play.txt' } },
    { name: 'labelled', type: 'labelled-text', format: 'csv', path: 'labelled.csv' },
    {
      ...{ name: 'tokenizer', type: 'tokenizer', tokenizer: { type: 'word', minimumCount: 1 } },
      inputs: { text: 'text.text', labelled: 'labelled.labelled' },
    },
    {
      ...{ name: 'characters', type: 'language-model', inputs: { text: 'text.text' } },
      corpus: { unit: 'character' },
      model: { type: 'recurrent-lm', embedding: 8, cell: { type: 'lstm', hidden: 24 } },
      train: { steps: 1500, batch: 8, bptt: 16, checkpointEvery: 40, evaluateEvery: 200 },
    },
    {
      ...{ name: 'elmo', type: 'elmo-language-model', inputs: { text: 'text.text' }, preset: 'tiny' },
      softmax: { type: 'full' },
      train: { steps: 400, batch: 8, time: 10, checkpointEvery: 20 },
    },
    { name: 'vectors', type: 'elmo-embed', inputs: { model: 'elmo.model', text: 'text.text' } },
    {
      ...{ name: 'pieces', type: 'tokenizer', tokenizer: { type: 'word-piece', vocabularySize: 400 } },
      inputs: { text: 'text.text', labelled: 'labelled.labelled' },
    },
    {
      ...{ name: 'masked', type: 'masked-lm', inputs: { text: 'text.text', tokenizer: 'pieces.tokenizer' } },
      model: { size: 32, inner: 64, positions: 32 },
      ...{ length: 24, evaluate: { pseudoSentences: 0 } },
      train: { steps: 200, batch: 8, checkpointEvery: 20 },
    },
    {
      ...{ name: 'masked-classifier', type: 'masked-lm-classifier' },
      inputs: { model: 'masked.model', tokenizer: 'pieces.tokenizer', labelled: 'labelled.labelled' },
      training: { length: 24, batch: 8, epochs: 6, rate: 0.001 },
    },
    {
      ...{ name: 'general', type: 'ulmfit-language-model', sizes: { embedding: 12, hidden: 16, layers: 2 } },
      inputs: { tokenizer: 'tokenizer.tokenizer', text: 'text.text' },
      training: {
        ...{ batch: 8, bptt: 16 },
        phases: [{ unfrozen: 'all', epochs: 10, schedule: { type: 'one-cycle' } }],
      },
    },
    {
      ...{ name: 'classifier', type: 'ulmfit-classifier' },
      inputs: { tokenizer: 'tokenizer.tokenizer', labelled: 'labelled.labelled', model: 'general.model' },
      training: {
        ...{
          batch: 8,
          bptt: 16,
          dropouts: { input: 0.1, output: 0.1, weights: 0.1, embedding: 0, hidden: 0.1 },
        },
        phases: [
          { unfrozen: 1, epochs: 4, schedule: { type: 'constant' } },
          { unfrozen: 'all', epochs: 12, schedule: { type: 'slanted-triangular' } },
        ],
      },
    },
    {
      ...{ name: 'scores', type: 'evaluate' },
      inputs: { predictions: 'classifier.predictions', labelled: 'labelled.labelled' },
    },
  ],
}

/** Kill -9 of a whole pipeline, inside stages and between them. */
export const pipelineResume: Check = {
  name: 'pipeline-resume',
  claim: `a pipeline from raw text to scores, with ULMFiT, an ELMo and a masked language model, that is killed (SIGKILL) up to ${KILLS} times, inside stages and between them, and resumed ends with the same artefacts as one that was not; a second run runs nothing; a result that is changed afterwards is found`,
  tolerance: 'none: equal SHA-256 of every artefact',
  duration: '2 min',
  async run({ note }) {
    const folder = mkdtempSync(join(tmpdir(), 'elman-verify-'))
    try {
      writeInputs(folder)
      const whole = await elman(['pretrain', 'run', '--directory', 'whole'], folder)
      if (whole.code !== 0) throw new Error(whole.stderr)
      const kills = { inside: 0, between: 0 }
      let command = ['pretrain', 'run', '--directory', 'killed']
      for (let number = 0; number < KILLS; number++) {
        const code = await runAndKill(command, number, folder)
        if (existsSync(join(folder, 'killed/pipeline.json'))) command = ['pretrain', 'resume', 'killed']
        if (code === 0) break
        const state = stateOf(join(folder, 'killed'))
        kills[state.begun === undefined ? 'between' : 'inside'] += 1
        note(
          `killed ${state.begun === undefined ? 'between stages' : `inside ${state.begun}`}, ${state.finished} finished`,
        )
      }
      const last = await elman(command, folder)
      if (last.code !== 0) throw new Error(last.stderr)
      const [one, other] = [artefactsOf(join(folder, 'whole')), artefactsOf(join(folder, 'killed'))]
      const different = Object.keys({ ...one, ...other }).filter(name => one[name] !== other[name])
      const again = await elman(['pretrain', 'resume', 'killed'], folder)
      const idle = again.code === 0 && !/running|going on/.test(again.stderr)
      writeFileSync(join(folder, 'killed/stages/scores/result/scores/scores.json'), '{}')
      const tampered = await elman(['pretrain', 'resume', 'killed'], folder)
      const found = tampered.code === 1 && tampered.stderr.includes('ARTEFACT_DAMAGED')
      const artefacts = Object.keys(one).length
      return {
        measured: { ...kills, artefacts, different, secondRunIdle: idle, tamperingFound: found },
        pass:
          kills.inside >= 6 &&
          kills.between >= 2 &&
          artefacts === 14 &&
          different.length === 0 &&
          idle &&
          found,
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function writeInputs(folder: string): void {
  const play = readFileSync(new URL('../../datasets/tiny-shakespeare/input.txt', import.meta.url), 'utf8')
  writeFileSync(join(folder, 'play.txt'), play.slice(0, 40_000))
  const words = { good: ['lovely', 'kind', 'bright'], bad: ['dull', 'rude', 'dark'] }
  const lines = Array.from({ length: 120 }, (_, index) => {
    const label = index % 2 === 0 ? 'good' : 'bad'
    return `the play of day ${index} was ${words[label][index % 3]},${label}`
  })
  writeFileSync(join(folder, 'labelled.csv'), `text,label\n${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'elman.pipeline.json'), JSON.stringify(PIPELINE))
}

/** Two of three kills come at a random moment of a stage, the third as soon as a stage is finished. */
async function runAndKill(
  command: readonly string[],
  number: number,
  folder: string,
): Promise<number | null> {
  const running = startElman(command, folder)
  const ended = running.ended
  if (number % 3 !== 2) {
    await Promise.race([running.said('  running '), running.said('  going on with '), ended])
    const draw = random.uniform(random.foldIn(random.key(SEED), number), 1, 'float64')[0]!
    await new Promise(resolve => setTimeout(resolve, Math.round(draw * 700)))
  } else await Promise.race([running.said('  finished in '), ended])
  running.kill('SIGKILL')
  return (await ended).code
}

function stateOf(directory: string): { begun: string | undefined; finished: number } {
  const stages = existsSync(join(directory, 'stages')) ? readdirSync(join(directory, 'stages')) : []
  const has = (stage: string, file: string) => existsSync(join(directory, 'stages', stage, file))
  return {
    begun: stages.find(stage => has(stage, 'begun.json') && !has(stage, 'result')),
    finished: stages.filter(stage => has(stage, 'result/stage.json')).length,
  }
}

/** Hashes of all artefacts, by stage and output. */
function artefactsOf(directory: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { name } of PIPELINE.stages) {
    const record = JSON.parse(readFileSync(join(directory, 'stages', name, 'result/stage.json'), 'utf8'))
    for (const [output, { hash }] of Object.entries(record.outputs as Record<string, { hash: string }>))
      found[`${name}.${output}`] = hash
  }
  return found
}
