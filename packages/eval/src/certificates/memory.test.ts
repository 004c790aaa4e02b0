import { hashConfig } from '@elman/core'
import { expect, test } from 'vitest'
import type { Language } from '../languages/language.ts'
import { copy } from '../languages/tasks/copy.ts'
import { reverse } from '../languages/tasks/reverse.ts'
import type { Recogniser } from '../learners/recogniser.ts'
import { bisimulation } from './bisimulation.ts'
import { certify } from './certify.ts'
import { certifyMemory } from './certify-memory.ts'
import { checkCertificate } from './check.ts'
import type { Certificate } from './format.ts'
import { referenceTable } from './memory-machine.ts'
import { memoryTable } from './memory-table.ts'

const CELLS = 80
const NETWORK = { learner: 'by-hand-stack', seed: 0, configHash: 'cd'.repeat(32) }
const FORM = { symbols: 2, delimiters: 0 }

interface Step {
  readonly h: readonly number[]
  readonly action: 'push' | 'pop' | 'none'
  readonly pushed: readonly number[]
  readonly logits: readonly number[]
}

/** A network with a memory of cells of two numbers, by its controller. */
function withMemory(
  kind: 'stack' | 'queue',
  controller: (h: readonly number[], seen: readonly number[], input: number) => Step,
): Recogniser {
  const filled = kind === 'queue' ? CELLS : 0
  const stateSize = 1 + 2 * CELLS + filled
  const step: Recogniser['step'] = async (states, symbols) => {
    const after = new Float32Array(states.length)
    const logits: number[] = []
    for (const [row, input] of symbols.entries()) {
      const state = states.subarray(row * stateSize, (row + 1) * stateSize)
      const memory = Array.from({ length: CELLS }, (_, i) => [...state.subarray(1 + 2 * i, 3 + 2 * i)])
      const length = state.subarray(1 + 2 * CELLS).reduce((sum, x) => sum + x, 0)
      const { h, action, pushed, logits: own } = controller([state[0]!], memory[0]!, input)
      if (action === 'pop') memory.splice(0, 1, ...(CELLS > 1 ? [] : [[0, 0]]))
      if (action === 'push' && kind === 'stack') memory.unshift([...pushed])
      if (action === 'push' && kind === 'queue') memory[length] = [...pushed]
      const cells = Array.from({ length: CELLS }, (_, i) => memory[i] ?? [0, 0]).flat()
      const long = action === 'push' ? length + 1 : action === 'pop' ? Math.max(0, length - 1) : length
      const thermometer = Array.from({ length: filled }, (_, i) => Number(i < long))
      after.set([...h, ...cells, ...thermometer], row * stateSize)
      logits.push(...own)
    }
    return { states: after, logits: Float32Array.from(logits) }
  }
  return {
    ...{ symbols: 2, stateSize, outputs: 2, target: 'class', step },
    parts: [
      { name: 'h', size: 1 },
      { name: kind, size: 2 * CELLS },
      ...(kind === 'queue' ? [{ name: 'filled', size: CELLS }] : []),
    ],
    start: async () => ({ states: new Float32Array(stateSize), logits: new Float32Array(2) }),
  }
}

/** Puts symbols in, a little off each time by what came before, and answers what it takes out. */
const careful = (kind: 'stack' | 'queue', answer = (x: number) => x) =>
  withMemory(kind, ([h], seen, input) => ({
    h: [Math.sin(9 * h! + input + seen[0]!) / 100 + (input === 2 ? seen[0]! : 0)],
    action: input === 2 ? 'pop' : 'push',
    pushed: [(input === 1 ? 1 : -1) + h! / 100, 0.5 + h! / 200],
    logits: input === 2 ? [answer(-seen[0]!), answer(seen[0]!)] : [0, 1],
  }))

const issue = (recogniser: Recogniser, language: Language) =>
  certifyMemory({
    ...{ recogniser, language, network: NETWORK, cellSize: 2 },
    sampling: { strings: 16 },
    length: 8,
  })

test('a stack network that reverses has a control table that does so at all lengths', async () => {
  const { certificate, trials } = await issue(careful('stack'), reverse)
  expect(trials.at(-1)).toMatchObject({ outcome: 'equal', symbols: 2, rightUpTo: 8 })
  expect(certificate.summary).toMatchInlineSnapshot(
    `"reverse, by-hand-stack, seed 0: exact@2N, K4-table (4 controls, stack, tol 0.05)"`,
  )
  expect(checkCertificate(JSON.parse(JSON.stringify(certificate)), reverse).problems).toEqual([])
})

test('a queue network that copies has one as well', async () => {
  const { certificate } = await issue(careful('queue'), copy)
  expect(certificate.summary).toMatchInlineSnapshot(
    `"copy, by-hand-stack, seed 0: exact@2N, K4-table (4 controls, queue, tol 0.05)"`,
  )
  expect(checkCertificate(JSON.parse(JSON.stringify(certificate)), copy).problems).toEqual([])
})

test('a stack does not copy, a queue does not reverse, and a stack that answers the wrong way round does neither', async () => {
  for (const [recogniser, language] of [
    [careful('stack'), copy],
    [careful('queue'), reverse],
    [careful('stack', x => -x), reverse],
  ] as const) {
    const { certificate, trials } = await issue(recogniser, language)
    expect(certificate.level).toBe('K0')
    expect(trials.map(({ outcome }) => outcome)).not.toContain('equal')
    expect(checkCertificate(certificate, language).problems).toEqual([])
  }
})

test('certify does the same in view transduce, and only samples where there is no memory or no table', async () => {
  const options = { view: 'transduce', network: NETWORK, sampling: { strings: 16, multiples: [1] } } as const
  const recogniser = careful('stack')
  const sampledOnly = await certify({ ...options, recogniser, language: reverse }) // its cells are not of 8 numbers
  expect(sampledOnly.certificate.summary).toMatchInlineSnapshot(
    `"reverse, by-hand-stack, seed 0: exact@1N, K1 (error rate below 0.17)"`,
  )
  expect(checkCertificate(sampledOnly.certificate, reverse).problems).toEqual([])
  const language = { ...reverse, id: 'another' }
  const { certificate } = await certify({ ...options, recogniser, language })
  expect(certificate.level).toBe('K1')
})

test('a network that looks behind what is in view has no table', async () => {
  const peeking = careful('stack')
  const recogniser: Recogniser = {
    ...peeking,
    async step(states, symbols) {
      const after = await peeking.step(states, symbols)
      for (const row of symbols.keys()) {
        const at = row * peeking.stateSize
        after.states[at] = after.states[at]! + states[at + 3]! / 10 // the second cell
      }
      return after
    },
  }
  expect(await memoryTable(recogniser, { form: FORM, tolerance: 0.1, cellSize: 2 })).toBe(
    'it reads more than what is in view',
  )
})

test('a network that writes half an answer into its memory has no table', async () => {
  const whole = careful('stack')
  const soft: Recogniser = {
    ...whole,
    async step(states, symbols) {
      const after = await whole.step(states, symbols)
      return { ...after, states: after.states.map((x, i) => (i % whole.stateSize === 0 ? x : x * 0.9)) }
    },
  }
  expect(await memoryTable(soft, { form: FORM, tolerance: 0.1, cellSize: 2 })).toBe(
    'it acts on the memory in no clean way',
  )
})

test('a state without a memory is refused with its parts', async () => {
  const recogniser = { ...careful('stack'), parts: [{ name: 'h', size: 16 }] }
  await expect(
    memoryTable(recogniser, { form: FORM, tolerance: 0.1 }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CERTIFICATE_NO_MEMORY  a control table needs a network with one stack or one queue
      expected one part "stack" or "queue" of at least 4 cells of 8 numbers
      found    h (16)]
  `)
  expect(() => referenceTable({ ...reverse, id: 'another' })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CERTIFICATE_NO_TABLE  no reference table with a stack or queue is known for the language another
      expected reverse or copy, or a table given by the caller]
  `)
})

test('a table goes hand in hand with itself and not with one that answers otherwise', () => {
  const { table, order } = referenceTable(reverse)
  expect(bisimulation(table, table, order, FORM)).toMatchObject({ equal: true })
  const rows = table.rows.map(row => (row.answer === 1 ? { ...row, answer: 0 } : row))
  expect(bisimulation({ ...table, rows }, table, order, FORM)).toEqual({
    equal: false,
    reason: 'it answers 0 where 1 is wanted',
  })
})

test('a row that is changed is refused, sealed anew or not', async () => {
  const { certificate } = await issue(careful('stack'), reverse)
  const { rows } = certificate.evidence.memory!.table
  const reached: string[] = []
  for (const [i, row] of rows.entries()) {
    const otherwise = { answer: 1 - Math.min(1, row.answer) }
    for (const change of [otherwise, { action: 'none' as const }, { to: row.to + 1 }]) {
      if (row.action === 'none' && 'action' in change) continue
      const copyOf: Certificate = JSON.parse(JSON.stringify(certificate))
      const changed = { ...copyOf.evidence.memory!.table.rows[i]!, ...change }
      if (changed.action === 'none') delete changed.pushed
      copyOf.evidence.memory!.table.rows[i] = changed
      expect(checkCertificate(copyOf, reverse).accepted).toBe(false)
      const { sha256: _, ...content } = copyOf
      const again = checkCertificate({ ...content, sha256: hashConfig(content) }, reverse)
      if (again.accepted) reached.push(`${Object.keys(change)} of row ${i}`)
    }
  }
  // answers in the word are not asked for, and some control states are as good as others
  const asked = new Set(rows.flatMap(({ input }, i) => (input === 2 ? [`answer of row ${i}`] : [])))
  expect(reached.filter(text => asked.has(text) || text.startsWith('action'))).toEqual([])
})
