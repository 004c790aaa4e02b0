import { isElmanError, random, referenceBackend } from '@elman/core'
import { lstm } from '@elman/layers-recurrent'
import { encodeTrainingText, startToken, vocabularyRules } from '@elman/text'
import { beforeAll, expect, test } from 'vitest'
import { createEvaluator } from '../language-model/evaluate.ts'
import { languageModel } from '../language-model/language-model.ts'
import { traceStepGraph } from '../language-model/step-graph.ts'
import { compareExported, type ExportedModel, exportedScorer, scoreExported } from './exported-scorer.ts'

const text = 'the cat sat\nthe dog sat\non the mat\nthe cow sat\n'.repeat(4)
const { vocabulary, text: encoded } = await encodeTrainingText(
  [new TextEncoder().encode(text)],
  'text.txt',
  { unit: 'word', lines: 'all' },
  vocabularyRules.parse({}),
)
const cells = [lstm({ inputSize: 6, hidden: 8 })]
const model = languageModel({ vocabularySize: vocabulary.size, embedding: 6, cells })
const parameters = model.init(random.key(3))
const backend = referenceBackend()
const first = startToken(vocabulary)

/** The step graph as a runtime offers it: values by name, a run by position. */
let exported: ExportedModel
beforeAll(async () => {
  const { graph, inputNames, outputNames } = traceStepGraph(model, parameters)
  const executable = await backend.compile(graph, { name: 'step' })
  exported = {
    inputs: graph.inputs.map(({ type }, i) => ({ ...type, name: inputNames[i]! })),
    outputs: outputNames.map(name => ({ name })),
    run: feeds => executable.run([...feeds]),
  }
})

test('an exported model gives each token the probability that the evaluator gives it', async () => {
  const evaluator = await createEvaluator(backend, model, vocabulary, { batch: 1, time: 16 })
  const expected = await evaluator.tokenLogProbabilities(parameters, encoded.ids)
  const found = await exportedScorer(exported, { first }).logProbabilities(encoded.ids)
  expect(found.length).toBe(expected.length)
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5)
  })
  const { loss, perplexity, tokens, tokensPerSecond } = await scoreExported(exported, encoded.ids, { first })
  expect([tokens, perplexity]).toEqual([encoded.ids.length, Math.exp(loss)])
  expect(loss).toBeCloseTo((await evaluator.score(parameters, encoded)).loss, 5)
  expect(tokensPerSecond).toBeGreaterThan(0)
})

test('without a token before the text its first token is not scored', async () => {
  const found = await exportedScorer(exported).logProbabilities(encoded.ids)
  expect([...found].map(Number.isNaN)).toEqual([true, ...Array(found.length - 1).fill(false)])
  expect((await scoreExported(exported, encoded.ids)).tokens).toBe(encoded.ids.length - 1)
  await expect(scoreExported(exported, encoded.ids.subarray(0, 1))).rejects.toThrow('TEXT_TOO_SHORT')
})

test('a model compared with itself has changed nothing', async () => {
  const side = { model: exported, bytes: 1000 }
  const { perplexityChange, sizeRatio } = await compareExported(side, { ...side, bytes: 250 }, encoded.ids)
  expect([perplexityChange, sizeRatio]).toEqual([0, 4])
})

test('ids that the model lacks, and models that are no language models, are refused', async () => {
  const texts: string[] = []
  for (const attempt of [
    () => exportedScorer(exported).logProbabilities(Int32Array.of(1, 99)),
    async () => exportedScorer({ ...exported, outputs: [{ name: 'logits' }] }),
  ]) {
    try {
      await attempt()
    } catch (error) {
      if (isElmanError(error)) texts.push(error.message)
    }
  }
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "TEXT_UNKNOWN_ID  id 1 of a text is not of the model's vocabulary
      expected 0 to 8
      found    99
    EXPORTED_MODEL_UNKNOWN  the model is not a step of a language model as elman exports it
      expected inputs token and state.…, outputs probabilities and a next.… for each state
      found    inputs token, state.0.h, state.0.c; outputs logits
      make the file with elman export --to onnx"
  `)
})
