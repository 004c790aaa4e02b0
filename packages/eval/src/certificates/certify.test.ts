import { hashConfig } from '@elman/core'
import { expect, test } from 'vitest'
import { dfaFromTable } from '../automata/define-dfa.ts'
import { equivalence } from '../automata/product.ts'
import { nextFlags } from '../automata/reach.ts'
import type { Language, View } from '../languages/language.ts'
import { anbn } from '../languages/tasks/blocks.ts'
import { modularExpression, modularExpressionPrecedence } from '../languages/tasks/modular-expression.ts'
import { parity } from '../languages/tasks/parity.ts'
import { tomita4 } from '../languages/tasks/tomita.ts'
import { type Certified, type CertifyOptions, certify } from './certify.ts'
import { checkCertificate } from './check.ts'
import type { Certificate } from './format.ts'
import { driftingParity, type HandBuilt, handBuilt, tanhParity, withPast } from './hand-built.ts'

const NETWORK = { learner: 'by-hand-2', seed: 0, configHash: 'ab'.repeat(32) }

const issue = (
  network: HandBuilt,
  language: Language,
  view: View,
  options: Partial<CertifyOptions> = {},
): Promise<Certified> =>
  certify({
    ...{ recogniser: handBuilt(network), language, view, network: NETWORK },
    ...{ sampling: { strings: 32 }, exhaustive: { steps: 2 ** 12 } },
    extraction: { epsilon: 0.02, delta: 0.02, suite: 2000 },
    ...options,
  })

/** Parity whose states never repeat, so that it must be snapped. */
const restless = () => withPast(tanhParity(4), 0.1)

test('parity by a few saturated states is certified for all lengths without snapping', async () => {
  const { certificate } = await issue(tanhParity(), parity, 'dense')
  expect(certificate.summary).toMatchInlineSnapshot(
    `"parity, by-hand-2, seed 0: exact@8N, E*=64, K4-raw (3 states)"`,
  )
  expect(checkCertificate(certificate, parity)).toMatchObject({ accepted: true, problems: [] })
})

test('parity whose states never repeat is certified by its twin', async () => {
  const { certificate, trials } = await issue(restless(), parity, 'dense')
  expect(certificate.summary).toMatchInlineSnapshot(
    `"parity, by-hand-2, seed 0: exact@8N, E*=11, K4-twin (3 centroids, tol 0.05)"`,
  )
  expect(trials[0]!.verdict).toBe('open')
  const check = checkCertificate(JSON.parse(JSON.stringify(certificate)), parity)
  expect(check.problems).toEqual([])
  expect(check.verified).toMatchInlineSnapshot(`
    [
      "the seal is that of the content",
      "the reference automaton has the form of one and is minimal",
      "the reference is the language's",
      "the sampled bound follows from the counts",
      "the counts of the enumeration follow from its length",
      "the extracted automaton is equal to the reference as said, and its suite is the one for the bound",
      "the snapped twin gives every word the wanted answer",
      "the level and the line are those of the evidence",
    ]
  `)
})

test('without a twin the extracted automaton is what is certified', async () => {
  const { certificate } = await issue(restless(), parity, 'recognise', { twin: false })
  expect(certificate).toMatchObject({ level: 'K3', subject: 'raw network' })
  expect(certificate.summary).toMatchInlineSnapshot(
    `"parity, by-hand-2, seed 0: exact@8N, E*=11, K3 (2 states, W bound 5)"`,
  )
  expect(checkCertificate(certificate, parity).accepted).toBe(true)
})

test('a network that errs at eleven symbols has a twin that does not, and the line says both', async () => {
  const { certificate } = await issue(driftingParity(), parity, 'dense', {
    extraction: { states: 20, epsilon: 0.02, delta: 0.02 },
  })
  expect(certificate.summary).toMatchInlineSnapshot(
    `"parity, by-hand-2, seed 0: 7/128 strings, E*=10 (errs at 11), K4-twin (19 centroids, tol 0.05)"`,
  )
  expect(certificate.subject).toBe('snapped twin')
  expect(checkCertificate(certificate, parity).problems).toEqual([])
})

test('a network that is right about nothing gets K0, and that too is checked', async () => {
  const { certificate } = await issue({ ...tanhParity(), logits: () => [1, 0] }, parity, 'dense')
  expect(certificate.summary).toMatchInlineSnapshot(
    `"parity, by-hand-2, seed 0: 0/128 strings, E*=0 (errs at 1), K0"`,
  )
  expect(certificate.evidence.extraction).toMatchObject({ verdict: 'different', word: [1] })
  expect(checkCertificate(certificate, parity).problems).toEqual([])
})

test('a counter is certified on all blocks up to a bound', async () => {
  const counter: HandBuilt = {
    ...{ symbols: 2, start: [0, 0], target: 'flags' },
    step: ([n, phase], symbol) => (symbol === 0 ? [n! + 1, phase!] : [n! - 1, 1]),
    logits: ([n, phase]) => [0.5 - phase!, n! - 0.5, phase! - 0.5 - Math.max(0, n! - 0.5)],
  }
  const { certificate, drift } = await issue(counter, anbn, 'next-symbol', {
    blocks: { blocks: [0, 1], bound: 40 },
  })
  expect(certificate.summary).toMatchInlineSnapshot(
    `"anbn, by-hand-2, seed 0: exact@8N, E*=64, frontier 40 of 40, K2"`,
  )
  expect(drift![0]).toMatchObject({ unit: 0, drift: 0 })
  // there is one word of each size: it counts once, however often it is drawn
  expect(certificate.evidence.sampled!.sizes.map(({ total }) => total)).toEqual([1, 1, 1, 1])
  expect(checkCertificate(certificate, anbn).problems).toEqual([])
})

test('a network that flags the next symbols is certified, and one flag that is wrong in one state is found', async () => {
  const automaton = tomita4.recognition!.machine.automaton!
  const flags = nextFlags(automaton)
  const network = (of: (state: number) => Uint8Array): HandBuilt => ({
    ...{ symbols: 2, start: [automaton.start], target: 'flags' },
    step: ([at], symbol) => [automaton.next[at! * 2 + symbol]!],
    logits: ([at]) => [...of(at!)].map(flag => flag - 0.5),
  })
  const { certificate } = await issue(
    network(at => flags[at]!),
    tomita4,
    'next-symbol',
  )
  expect(certificate.summary).toMatchInlineSnapshot(
    `"tomita-4, by-hand-2, seed 0: exact@8N, E*=64, K4-raw (3 states)"`,
  )
  expect(checkCertificate(certificate, tomita4).problems).toEqual([])
  const after00 = [0, 0].reduce((at, symbol) => automaton.next[at * 2 + symbol]!, automaton.start)
  const generous = network(at => (at === after00 ? Uint8Array.of(1, 1, 1) : flags[at]!))
  const wrong = await issue(generous, tomita4, 'next-symbol')
  expect(wrong.certificate.summary).toMatchInlineSnapshot(
    `"tomita-4, by-hand-2, seed 0: 3/128 strings, E*=1 (errs at 2), K0"`,
  )
  expect(wrong.certificate.evidence.exhaustive!.wrong!.word).toEqual([0, 0])
  expect(checkCertificate(wrong.certificate, tomita4).problems).toEqual([])
})

test('a language that asks about some words only is certified on these', async () => {
  // the value of an expression from left to right; nonsense where nothing is asked
  const machine = modularExpression.recognition!.machine
  const states = new Map<string, unknown>([[machine.key(machine.start), machine.start]])
  for (const state of states.values()) {
    for (let symbol = 0; symbol < 8; symbol++) {
      const to = machine.step(state, symbol)
      states.set(machine.key(to), states.get(machine.key(to)) ?? to)
    }
  }
  const keys = [...states.keys()]
  const domain = modularExpression.recognition!.domain!
  const network: HandBuilt = {
    ...{ symbols: 8, start: [keys.indexOf(machine.key(machine.start)), domain.start] },
    step: ([at, place], symbol) => [
      keys.indexOf(machine.key(machine.step(states.get(keys[at!]!), symbol))),
      domain.next[place! * 8 + symbol]!,
    ],
    logits: ([at, place]) =>
      Array.from({ length: 5 }, (_, k) =>
        Number(domain.classes[place!] === 1 ? k === machine.classOf(states.get(keys[at!]!)) : k === at! % 5),
      ),
  }
  const { certificate } = await issue(network, modularExpression, 'dense', {
    exhaustive: { steps: 2 ** 13 },
    extraction: { epsilon: 0.02, delta: 0.02, suite: 500 },
  })
  expect(certificate.summary).toMatchInlineSnapshot(
    `"modular-expression, by-hand-2, seed 0: exact@167, E*=64, K4-raw (21 states)"`,
  )
  expect(certificate.language.classes[0]).toBe('not asked')
  expect(checkCertificate(certificate, modularExpression).problems).toEqual([])
  expect(checkCertificate(certificate, modularExpressionPrecedence).accepted).toBe(false)
})

test('a file that is changed is refused, whatever field it is', async () => {
  for (const certificate of await samples()) {
    const paths = leavesOf(certificate)
    expect(paths.length).toBeGreaterThan(40)
    for (const path of paths) {
      expect(checkCertificate(changed(certificate, path), parity).accepted, path.join('.')).toBe(false)
      expect(checkCertificate(without(certificate, path), parity).accepted, path.join('.')).toBe(false)
    }
  }
})

test('a file that is changed and sealed again is refused, but for what only the network can tell', async () => {
  const believed = new Set<string>()
  for (const certificate of await samples()) {
    for (const path of leavesOf(certificate)) {
      if (path[0] === 'sha256') continue
      const tampered = resealed(changed(certificate, path))
      if (!checkCertificate(tampered, parity).accepted) continue
      if (path[1] === 'twin' && path[2] === 'automaton') {
        // another automaton that is as right: nothing false is claimed of it
        const { automaton } = (tampered as Certificate).evidence.twin!
        const reference = dfaFromTable((tampered as Certificate).language.automaton!)
        expect(equivalence(dfaFromTable(automaton), reference).equal).toBe(true)
        continue
      }
      believed.add(path.join('.'))
    }
  }
  expect([...believed].sort()).toMatchInlineSnapshot(`
    [
      "evidence.exhaustive.stopped",
      "evidence.extraction.steps",
      "network.configHash",
      "network.stateSize",
    ]
  `)
})

test('a level that the evidence does not carry is refused', async () => {
  const [twin, extracted] = await samples()
  const raised = (certificate: Certificate, level: string, subject: string) =>
    checkCertificate(resealed({ ...certificate, level, subject } as Certificate), parity).problems
  expect(raised(extracted!, 'K4', 'raw network')).toMatchInlineSnapshot(`
    [
      "level: the evidence carries K3",
    ]
  `)
  expect(raised(twin!, 'K4', 'raw network')).toMatchInlineSnapshot(`
    [
      "subject: the evidence is about the snapped twin",
    ]
  `)
})

test('a certificate of another language is refused', async () => {
  const [twin] = await samples()
  const even: Language = {
    ...parity,
    recognition: { ...parity.recognition!, classOf: word => 1 - parity.recognition!.classOf(word) },
  }
  expect(checkCertificate(twin, even).problems).toMatchInlineSnapshot(`
    [
      "language.automaton: not the answers of the language's definition",
    ]
  `)
  expect(checkCertificate(twin, anbn).accepted).toBe(false)
})

test('a file that is no certificate is refused with what is missing', () => {
  expect(checkCertificate('text').accepted).toBe(false)
  expect(checkCertificate({ format: 'elman-certificate', version: 2 }).problems[0]).toMatchInlineSnapshot(
    `"version: Invalid input: expected 1"`,
  )
})

async function samples(): Promise<Certificate[]> {
  const all = [
    await issue(restless(), parity, 'dense'),
    await issue(restless(), parity, 'dense', { twin: false }),
    await issue({ ...tanhParity(), logits: () => [1, 0] }, parity, 'recognise'),
  ]
  return all.map(({ certificate }) => JSON.parse(JSON.stringify(certificate)))
}

type Path = readonly string[]

/** Paths of all numbers and texts, of long arrays the first few. */
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries = Object.entries(value)
  return entries
    .filter((_, i) => !Array.isArray(value) || i < 4)
    .flatMap(([key, part]) => leavesOf(part, [...path, key]))
}

function changed(certificate: Certificate, path: Path): unknown {
  return edited(certificate, path, (holder, key) => {
    const value = holder[key]
    holder[key] =
      typeof value === 'number' ? (value < 1 && value > 0 ? value / 2 : value + 1) : turned(String(value))
  })
}

/** Another text of the same kind. */
function turned(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text.replace(/^./, first => (first === '0' ? '1' : '0'))
  if (/^\d+$/.test(text)) return `${BigInt(text) + 1n}`
  return (
    { length: 'steps', steps: 'length', equal: 'different', different: 'equal', class: 'flags' }[text] ??
    `${text}x`
  )
}

function without(certificate: Certificate, path: Path): unknown {
  return edited(certificate, path, (holder, key) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  })
}

function edited(
  certificate: Certificate,
  path: Path,
  edit: (holder: Record<string, unknown>, key: string) => void,
): unknown {
  const copy = JSON.parse(JSON.stringify(certificate))
  let holder = copy
  for (const key of path.slice(0, -1)) holder = holder[key]
  edit(holder, path.at(-1)!)
  return copy
}

function resealed(tampered: unknown): unknown {
  const { sha256: _, ...content } = tampered as Certificate
  return { ...content, sha256: hashConfig(content) }
}
