import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNearest } from '../query/nearest.ts'
import { parseAnalogies, readAnalogies } from './analogy-questions.ts'
import { evaluateAll, findEvaluationFiles } from './evaluate-all.ts'
import { evaluateAnalogies } from './evaluate-analogies.ts'
import { fixturePath, goldenVectors } from './fixtures/golden-files.ts'
import { formatEvaluation } from './format-evaluation.ts'

const vectors = goldenVectors()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-evaluate-'))
  await mkdir(join(folder, 'word-sim'))
  await mkdir(join(folder, 'analogy'))
  await cp(fixturePath('made-up-pairs.txt'), join(folder, 'word-sim/made-up-pairs.txt'))
  await cp(fixturePath('made-up-questions.txt'), join(folder, 'analogy/made-up-questions.txt'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a folder is evaluated as a whole and shown as tables', async () => {
  const evaluation = await evaluateAll(vectors, folder, { bootstrap: { samples: 100 } })
  expect(evaluation.analogies.map(({ method }) => method)).toEqual(['3CosAdd', '3CosMul'])
  expect(evaluation.meanSpearman).toBe(evaluation.similarity[0]!.spearman.value)
  expect(formatEvaluation(evaluation)).toMatchInlineSnapshot(`
    "| similarity set | pairs | known | Spearman | interval | Pearson |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | made-up-pairs | 122 | 111 (91 %) | 45.13 | 27.57 … 56.48 | 35.02 |
    | mean of 1 set |  |  | 45.13 |  |  |

    Pairs with an unknown word: skip. Words looked for among the first 300,000, case disregarded.

    | analogies | questions | known | method | correct | semantic | syntactic |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: |
    | made-up-questions | 122 | 72 (59 %) | 3CosAdd | 44.44 % | 43.24 % | 45.71 % |
    | made-up-questions | 122 | 72 (59 %) | 3CosMul | 22.22 % | 24.32 % | 20.00 % |

    Questions with an unknown word: skip. Words looked for among the first 300,000, case disregarded.
    "
  `)
})

test('a rule for unknown words holds for pairs and for analogies', async () => {
  const { similarity, analogies } = await evaluateAll(vectors, folder, {
    unknown: 'zero',
    methods: ['3CosAdd'],
  })
  expect([similarity[0]!.unknown, analogies[0]!.unknown]).toEqual(['zero', 'wrong'])
  expect(analogies[0]!.total.accuracy).toBe(analogies[0]!.total.correct / analogies[0]!.total.questions)
})

test('a folder without sets is refused', async () => {
  await expect(findEvaluationFiles(join(folder, 'word-sim'))).rejects.toThrow(
    'EMBEDDING_EVALUATION_FOLDER  there is nothing to evaluate with\n' +
      '  expected similarity sets as word-sim/*.txt, analogies as analogy/*.txt\n' +
      `  in ${join(folder, 'word-sim')}`,
  )
})

test('semantic and syntactic sections are counted apart, and together', async () => {
  const { sections, total, semantic, syntactic } = evaluateAnalogies(
    vectors,
    await readAnalogies(fixturePath('made-up-questions.txt')),
  )
  expect(sections.map(({ name, kind }) => [name, kind])).toEqual([
    ['made-up', 'semantic'],
    ['gram1-made-up', 'syntactic'],
    ['empty', 'semantic'],
    ['absent', 'semantic'],
  ])
  expect(sections[1]).toMatchObject(syntactic)
  expect(semantic.correct + syntactic.correct).toBe(total.correct)
  expect(semantic.questions + syntactic.questions).toBe(total.questions)
  expect(sections[2]!.accuracy).toBeNaN()
})

test('when the words of a question may be its answer, fewer answers are right', async () => {
  const questions = await readAnalogies(fixturePath('made-up-questions.txt'))
  const usual = evaluateAnalogies(vectors, questions)
  const diagnosis = evaluateAnalogies(createNearest(vectors), questions, { excludeInputs: false })
  expect(diagnosis.total.covered).toBe(usual.total.covered)
  expect(diagnosis.total.correct).toBeLessThan(usual.total.correct)
})

test('a model without a table of vectors cannot be asked analogies', () => {
  const source = { dimensions: 16, spellsUnknownWords: true, vectorOf: () => new Float32Array(16) }
  const questions = parseAnalogies('a b c d', 'mine')
  expect(() => evaluateAnalogies(source, questions)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_ANALOGIES_NEED_TABLE  the answers to analogies are looked for among all words, but there is no table of their vectors
      give a \`WordVectors\`, or a model that has one as \`vectors\`]
  `)
})
