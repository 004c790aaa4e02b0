/** Stage `evaluate-language-model`: a language model of this pipeline on another text than its own. */
import { join } from 'node:path'
import { defineComponent, STAGE, writeFileAtomically } from '@elman/core'
import { encodeText, readBytes } from '@elman/text'
import { z } from 'zod'
import { loadModel } from '../../experiment/load-model.ts'
import { createEvaluator } from '../../language-model/evaluate.ts'
import type { Stage } from '../stage.ts'

const evaluateModelConfig = z.strictObject({
  split: z.enum(['train', 'valid', 'test']).default('test').describe('part of the text to score'),
})

/** Registry entry `evaluate-language-model`. Words that the model has not count as unknown, and are told. */
export const evaluateModelStage = defineComponent(STAGE, {
  type: 'evaluate-language-model',
  summary: 'perplexity of a language model on a text',
  config: evaluateModelConfig,
  create: ({ split }): Stage => ({
    inputs: {
      model: { kind: 'language-model', summary: 'model of stage language-model' },
      text: { kind: 'text', summary: 'text to score' },
    },
    outputs: { scores: { kind: 'scores', summary: 'scores.json' } },
    async run({ inputs, container, backend, outputDirectory }) {
      const run = join(inputs.model!.path, 'run')
      const { model, vocabulary, parameters, config } = await loadModel(run, container)
      const path = join(inputs.text!.path, `${split}.txt`)
      const text = await encodeText(vocabulary, readBytes(path), path)
      const evaluator = await createEvaluator(backend, model, vocabulary, config.evaluate)
      try {
        const { loss, perplexity, tokens, outOfVocabularyRate } = await evaluator.score(parameters, text)
        const scores = { loss, perplexity, tokens, outOfVocabularyRate }
        const file = join(await outputDirectory('scores'), 'scores.json')
        await writeFileAtomically(file, `${JSON.stringify({ split, ...scores }, null, 1)}\n`)
        return { outcome: 'finished', outputs: { scores: { split, ...scores } }, scores }
      } finally {
        await evaluator.dispose()
      }
    },
  }),
})
