import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isElmanError } from '@elman/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Recogniser } from '../../learners/recogniser.ts'
import { auditLabels } from './audit-labels.ts'
import { classifierOf, evaluateFlare, flareShortcuts } from './evaluate-data.ts'
import { flareLanguage, flareLanguages } from './languages.ts'
import type { FlareData } from './layout.ts'
import { readFlareSplit, writeFlareSplit } from './read-data.ts'
import { drawFlareSplit, FLARE_SPLITS } from './splits.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'elman-flare-'))
})
afterEach(() => rm(root, { recursive: true }))

const split = (name: string, strings: number) => ({
  ...FLARE_SPLITS.find(own => own.name === name)!,
  strings,
})

/** The text of the error of reading, with the temporary folder taken out. */
async function errorOf(name: string): Promise<string> {
  try {
    await readFlareSplit(root, name, 'test')
  } catch (error) {
    if (isElmanError(error)) return error.message.replaceAll(root, 'ROOT')
    throw error
  }
  return 'no error'
}

test.each(flareLanguages().map(language => [language.name, language] as const))(
  '%s: what is drawn, written and read is the same, and every label and set of next symbols is right',
  async (name, language) => {
    const data = drawFlareSplit(language, split('train', 60), 7)
    await writeFlareSplit(root, data)
    const read = await readFlareSplit(root, name, 'train')
    expect(read).toEqual(data)
    const audit = auditLabels(read)
    expect(audit.labels).toEqual({ right: 60, total: 60 })
    expect(audit.nextSymbols!.right).toBe(audit.nextSymbols!.total)
    expect(audit.nextSymbols!.total).toBeGreaterThan(60)
  },
)

test('files have the layout of the released data', async () => {
  const bits = (text: string) => Uint8Array.from(text, Number)
  const data: FlareData = {
    language: 'marked-copy',
    split: 'test-short-held-out',
    alphabet: ['0', '1', '#'],
    strings: [
      { word: bits('121'), label: 1, line: 1, next: ['1110', '1110', '0100', '0001'].map(bits) },
      { word: bits(''), label: 0, line: 2 },
      { word: bits('1221'), label: 0, line: 3, edits: 1 },
    ],
  }
  await writeFlareSplit(root, data)
  const text = (name: string) =>
    readFile(join(root, 'marked-copy/datasets/test-short-held-out', name), 'utf8')
  expect(await text('main.tok')).toBe('1 # 1\n\n1 # # 1\n')
  expect(await text('labels.txt')).toBe('1\n0\n0\n')
  expect(await text('num-edits.txt')).toBe('\n1\n')
  expect(await text('next-symbols.jsonl')).toBe(
    '[{"s":"0 1 #","e":false},{"s":"0 1 #","e":false},{"s":"1","e":false},{"s":"","e":true}]\n',
  )
  expect(await readFlareSplit(root, 'marked-copy', 'test-short-held-out')).toEqual(data)
})

test('without labels all strings of the edit-distance test are negatives', async () => {
  const strings = [{ word: Uint8Array.of(0), label: 0 as const, line: 1, edits: 2 }]
  const data: FlareData = {
    language: 'repeat-01',
    split: 'test-edit-distance',
    alphabet: ['0', '1'],
    strings,
  }
  await writeFlareSplit(root, data)
  expect(await readFlareSplit(root, 'repeat-01', 'test-edit-distance')).toEqual(data)
})

test('the audit names the wrong labels that double precision has made', async () => {
  const original = flareLanguage('compute-sqrt', { original: true })
  const data = drawFlareSplit(original, split('test', 400), 1)
  const audit = auditLabels(data)
  expect(audit.wrong.length).toBeGreaterThan(20)
  expect(audit.wrong.every(({ released, ours }) => released === 1 && ours === 0)).toBe(true)
  expect(audit.wrong.length).toBe(audit.positives.total - audit.positives.right)
  expect(audit.negatives.right).toBe(audit.negatives.total)
  expect(audit.shortestWrong).toBeGreaterThan(120)
  expect(auditLabels(data, original).wrong).toEqual([])
})

test('a set of next symbols that leaves one out is counted', () => {
  const data = drawFlareSplit(flareLanguage('parity'), split('train', 20), 1)
  const strings = data.strings.map(string =>
    string.next === undefined ? string : { ...string, next: string.next.map(flags => flags.with(0, 0)) },
  )
  const { nextSymbols } = auditLabels({ ...data, strings })
  expect(nextSymbols!.right).toBe(0)
})

test('a recogniser is run on all words at once and gives each its own answer', async () => {
  // parity as a network of one number: the state is 1 after an odd number of ones
  const parity: Recogniser = {
    symbols: 2,
    stateSize: 1,
    parts: [{ name: 'h', size: 1 }],
    outputs: 2,
    target: 'class',
    start: async () => ({ states: Float32Array.of(0), logits: Float32Array.of(0, -1) }),
    async step(states, symbols) {
      const after = states.map((state, i) => Math.abs(state - symbols[i]!))
      return { states: after, logits: Float32Array.from([...after].flatMap(state => [0.5, state])) }
    },
  }
  const data = drawFlareSplit(flareLanguage('parity'), split('validation-long', 300), 2)
  for (const rows of [7, 256]) {
    const result = await evaluateFlare(data, classifierOf(parity, rows))
    expect(result.released).toEqual({ right: 300, total: 300 })
    expect(result.mended).toEqual({ right: 300, total: 300 })
    expect(result.byLength.reduce((sum, { strings }) => sum + strings.total, 0)).toBe(300)
  }
  const all = await evaluateFlare(data, words => words.map(() => 1))
  expect(all.released.right).toBe(data.strings.filter(({ label }) => label === 1).length)
})

test('wrong released labels count against a right answer only by the released labels', async () => {
  const data = drawFlareSplit(flareLanguage('compute-sqrt', { original: true }), split('test', 200), 1)
  const { recognition } = flareLanguage('compute-sqrt')
  const result = await evaluateFlare(data, words => words.map(recognition.classOf))
  expect(result.mended).toEqual({ right: 200, total: 200 })
  expect(result.released.right).toBe(200 - auditLabels(data).wrong.length)
})

test('shortcuts pass most of Marked Copy, and three symbols in a row say nothing of Parity', () => {
  const audit = (name: string) => {
    const language = flareLanguage(name)
    const train = drawFlareSplit(language, split('train', 1500), 3)
    return flareShortcuts(train, drawFlareSplit(language, split('test', 400), 3))
  }
  const share = ({ right, total }: { right: number; total: number }) => right / total
  expect(share(audit('marked-copy').results[0]!.all)).toBeGreaterThan(0.85)
  const parity = audit('parity')
  expect(parity.longFrom).toBe(41)
  expect(share(parity.results.find(({ baseline }) => baseline === 'sl-3')!.all)).toBeLessThan(0.6)
})

test('held-out strings are not among those trained on', () => {
  const language = flareLanguage('first')
  const train = drawFlareSplit(language, split('train', 500), 1)
  const seen = new Set(train.strings.map(({ word }) => word.join()))
  const held = drawFlareSplit(language, split('test-short-held-out', 100), 1, seen)
  expect(held.strings.filter(({ word }) => seen.has(word.join()))).toEqual([])
})

test('files that are missing, cut off or broken are named with the line', async () => {
  expect(await errorOf('first')).toMatchInlineSnapshot(`
    "FLARE_FILE_MISSING  a file of the released data is not there
      expected LANGUAGE/main.tok and labels.txt for training, LANGUAGE/datasets/SPLIT/ with the same for the other splits
      found    no ROOT/first/datasets/test/main.tok
      not every language has every split; give the folder that has the languages’ folders in it"
  `)
  const data = drawFlareSplit(flareLanguage('first'), split('test', 4), 1)
  const strings = [
    { word: Uint8Array.of(1, 0), label: 1 as const, line: 1 },
    { word: Uint8Array.of(0), label: 0 as const, line: 2 },
  ]
  const write = (name: string, text: string) => writeFile(join(root, 'first/datasets/test', name), text)
  const fresh = () => writeFlareSplit(root, { ...data, strings })
  await fresh()
  await write('main.tok', '1 0\n0 2\n')
  expect(await errorOf('first')).toMatchInlineSnapshot(`
    "FLARE_LINE_INVALID  a line of the released data cannot be read
      expected the symbols 0 1 with single spaces between
      found    2
      in ROOT/first/datasets/test/main.tok:2"
  `)
  await write('main.tok', '1 0\n0  1\n')
  expect(await errorOf('first')).toMatchInlineSnapshot(`
    "FLARE_LINE_INVALID  a line of the released data cannot be read
      expected the symbols 0 1 with single spaces between
      found    nothing
      in ROOT/first/datasets/test/main.tok:2"
  `)
  await write('main.tok', '1 0\n')
  expect(await errorOf('first')).toMatchInlineSnapshot(`
    "FLARE_COUNT_MISMATCH  two files of a split have numbers of lines that do not go together
      expected 1, one for each line of main.tok
      found    2
      in ROOT/first/datasets/test/labels.txt
      a file may have been cut off"
  `)
  await fresh()
  await write('labels.txt', '1\nyes\n')
  expect(await errorOf('first')).toMatchInlineSnapshot(`
    "FLARE_LINE_INVALID  a line of the released data cannot be read
      expected 0 or 1
      found    yes
      in ROOT/first/datasets/test/labels.txt:2"
  `)
  await fresh()
  await write('num-edits.txt', '-1\n')
  expect(await errorOf('first')).toMatchInlineSnapshot(`
    "FLARE_LINE_INVALID  a line of the released data cannot be read
      expected a number of edits, or nothing
      found    -1
      in ROOT/first/datasets/test/num-edits.txt:1"
  `)
  await fresh()
  await write('next-symbols.jsonl', '[{"s":"1"}]\n')
  expect(await errorOf('first')).toMatchInlineSnapshot(`
    "FLARE_LINE_INVALID  a line of the released data cannot be read
      expected a list of {"s": "symbols", "e": true or false}
      found    {"s":"1"}
      in ROOT/first/datasets/test/next-symbols.jsonl:1"
  `)
  await write('next-symbols.jsonl', '[{"s":"1","e":false}]\n')
  expect(await errorOf('first')).toMatchInlineSnapshot(`
    "FLARE_COUNT_MISMATCH  next symbols are given for 1 prefixes of a string of 2 symbols
      expected 3
      found    1
      in ROOT/first/datasets/test/next-symbols.jsonl:1, the string at ROOT/first/datasets/test/main.tok:1"
  `)
})

test('data and language must have the same symbols', () => {
  const data = drawFlareSplit(flareLanguage('first'), split('test', 2), 1)
  expect(() => auditLabels(data, flareLanguage('marked-copy'))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: FLARE_ALPHABET_DIFFERS  data of first is looked at by a language with other symbols, flare-marked-copy
      expected 0 1 #
      found    0 1]
  `)
})
