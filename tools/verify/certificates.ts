import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { hashConfig, referenceBackend } from '@elman/core'
import {
  type Certificate,
  certify,
  certifyMemory,
  checkCertificate,
  createRecogniser,
  encodeView,
  type Language,
  languages,
  recurrentLearner,
  trainProbe,
} from '@elman/eval'
import { elmanTanh, lstm, queueRnn, stackRnn } from '@elman/layers-recurrent'
import type { Check } from './check.ts'

/** Networks that are trained here, with the level that each must reach. */
const NETWORKS = [
  { language: 'parity', cell: 'elman-tanh', hidden: 16, seed: 0, steps: 800, level: 'K4' },
  { language: 'parity', cell: 'elman-tanh', hidden: 16, seed: 1, steps: 800, level: 'K4' },
  { language: 'tomita-4', cell: 'lstm', hidden: 16, seed: 0, steps: 1500, level: 'K4' },
  { language: 'tomita-5', cell: 'lstm', hidden: 16, seed: 0, steps: 1500, level: 'K4' },
  { language: 's3', cell: 'elman-tanh', hidden: 32, seed: 1, steps: 4000, level: 'K4' },
  { language: 'reverse', cell: 'stack-rnn', hidden: 32, seed: 0, steps: 1500, level: 'K4' },
  { language: 'copy', cell: 'queue-rnn', hidden: 32, seed: 0, steps: 1500, level: 'K4' },
  // a network that was hardly trained must not get more than samples say
  { language: 'parity', cell: 'elman-tanh', hidden: 16, seed: 0, steps: 5, level: 'K0' },
] as const

const CELLS = { 'elman-tanh': elmanTanh, lstm, 'stack-rnn': stackRnn, 'queue-rnn': queueRnn } as const

/** Certificates of trained networks: issued, checked, and refused once they are changed. */
export const certificates: Check = {
  name: 'certificates',
  claim:
    'parity and S3 by Elman networks, Tomita 4 and 5 by LSTMs, reversal by a Stack-RNN and copying by a Queue-RNN get certificates for all lengths (K4), and a network that was hardly trained gets none (K0); the independent checker accepts these, and refuses each with a number or text changed (each in turn; of long tables the first rows), also with its level, its line, its language or its counts of words changed and the seal made anew',
  tolerance: 'none',
  duration: '2 min',
  async run({ note }) {
    const measured: Record<string, unknown> = {}
    const wrong: string[] = []
    for (const network of NETWORKS) {
      const language = languages.find(({ id }) => id === network.language)
      if (language === undefined) throw new Error(`there is no language ${network.language}`)
      const certificate = await trained(network, language)
      const name = `${network.language}, seed ${network.seed}, ${network.steps} steps`
      note(certificate.summary)
      if (certificate.level !== network.level) wrong.push(`${name}: ${certificate.level}`)
      const { problems } = checkCertificate(JSON.parse(JSON.stringify(certificate)), language)
      wrong.push(...problems.map(problem => `${name}: ${problem}`))
      const { tried, taken } = tamper(certificate, language)
      wrong.push(...taken.map(path => `${name}: accepted with ${path} changed`))
      measured[name] = { summary: certificate.summary, changesRefused: `${tried - taken.length} of ${tried}` }
    }
    if (wrong.length > 0) measured.wrong = wrong
    return { measured, pass: wrong.length === 0 }
  },
}

async function trained(
  { cell, hidden, seed, steps }: (typeof NETWORKS)[number],
  language: Language,
): Promise<Certificate> {
  const encoding = encodeView(language, language.transduction ? 'transduce' : 'dense')
  const make = CELLS[cell]
  const learner = recurrentLearner({ cell: inputSize => make({ inputSize, hidden }) })(encoding)
  const backend = onnxRuntimeBackend()
  const recipe = { steps, validateEvery: 0, ...(language.id === 's3' && { batch: 64 }) }
  const [result] = await trainProbe({ backend, encoding, learner, seeds: [seed], recipe })
  const memory = { hard: true, capacity: 2 * encoding.lengthOf(language.trainSize) }
  const recogniser = await createRecogniser(learner, result!.parameters, encoding, referenceBackend(), memory)
  const config = { language: language.id, cell, hidden, seed, recipe }
  const facts = { learner: `${cell}-${hidden}`, seed, configHash: hashConfig(config) }
  if (language.transduction) {
    const { certificate } = await certifyMemory({ recogniser, language, network: facts })
    await recogniser.dispose()
    return certificate
  }
  const { certificate } = await certify({
    ...{ recogniser, language, view: 'dense', network: facts },
    sampling: { multiples: [1, 4], strings: 128 },
    exhaustive: { steps: 2 ** 15 },
    extraction: { epsilon: 0.01, delta: 0.01, suite: 5000, states: 64 },
  })
  await recogniser.dispose()
  return certificate
}

/** Parts whose every change the checker must see even when the seal is made anew. */
const KNOWABLE = [
  'level',
  'subject',
  'summary',
  'language',
  'exhaustive.length',
  'exhaustive.words',
  'twin.minimal',
]

/** Changes each number and text of a certificate, one at a time. */
function tamper(certificate: Certificate, language: Language): { tried: number; taken: string[] } {
  const taken: string[] = []
  let tried = 0
  for (const path of pathsOf(certificate)) {
    const copy = JSON.parse(JSON.stringify(certificate))
    let holder = copy
    for (const key of path.slice(0, -1)) holder = holder[key]
    const last = path.at(-1)!
    const value = holder[last]
    holder[last] = typeof value === 'number' ? value + 1 : `${value}1`
    tried++
    if (checkCertificate(copy, language).accepted) taken.push(path.join('.'))
    const text = path.join('.')
    if (!KNOWABLE.some(part => text === part || text.startsWith(`${part}.`) || text.endsWith(part))) continue
    const { sha256: _, ...content } = copy
    tried++
    if (checkCertificate({ ...content, sha256: hashConfig(content) }, language).accepted) {
      taken.push(`${text} (sealed anew)`)
    }
  }
  return { tried, taken }
}

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Object.entries(value).filter((_, i) => !Array.isArray(value) || i < 12)
  return entries.flatMap(([key, part]) => pathsOf(part, [...path, key]))
}
