/** Stage `tokenizer`: learns a tokenizer from the texts of a pipeline, or takes one from a file. */
import { join } from 'node:path'
import { componentOf, defineComponent, ElmanError, STAGE, sha256Of } from '@elman/core'
import { saveTokenizer, TOKENIZER } from '@elman/text'
import { z } from 'zod'
import type { Stage, StageContext } from '../stage.ts'
import { readLabelledSplit } from './labelled-splits.ts'
import { linesOfFile } from './lines-of-file.ts'

const tokenizerStageConfig = z.strictObject({
  tokenizer: componentOf(TOKENIZER)
    .default({ type: 'word' })
    .describe('kind of tokenizer: word, word-piece, byte-bpe, …, or { type: "file", file }'),
})

/** Registry entry `tokenizer`. Texts are the lines of `train.txt` and the texts of `train.jsonl`. */
export const tokenizerStage = defineComponent(STAGE, {
  type: 'tokenizer',
  summary: 'tokenizer learned from the training texts, or read from a file',
  config: tokenizerStageConfig,
  create: ({ tokenizer: reference }): Stage => ({
    inputs: {
      text: { kind: 'text', summary: 'texts to learn from, one a line', optional: true },
      labelled: { kind: 'labelled-texts', summary: 'texts to learn from as well', optional: true },
    },
    outputs: { tokenizer: { kind: 'tokenizer', summary: 'tokenizer.json' } },
    sources: () => {
      const { file } = typeof reference === 'string' ? { file: undefined } : reference
      return typeof file === 'string' ? [file] : []
    },
    async run(context) {
      const { container, baseDirectory, outputDirectory, onEvent } = context
      const recipe = container.create(TOKENIZER, reference, { path: 'tokenizer' })
      const tokenizer = await recipe.prepare({ texts: await textsOf(context), baseDirectory })
      await saveTokenizer(tokenizer, join(await outputDirectory('tokenizer'), 'tokenizer.json'))
      const { kind, vocabularySize, hash } = tokenizer
      const words = Array.from({ length: vocabularySize }, (_, id) => tokenizer.tokenOf(id) ?? '')
      onEvent({ kind: 'note', text: `${kind} tokenizer, ${vocabularySize} tokens` })
      const facts = {
        tokenizer: hash,
        vocabulary: sha256Of(JSON.stringify(words)),
        type: kind,
        vocabularySize,
      }
      return { outcome: 'finished', outputs: { tokenizer: facts }, scores: { vocabularySize } }
    },
  }),
})

async function textsOf({ inputs }: StageContext): Promise<string[]> {
  const texts: string[] = []
  if (inputs.text !== undefined) {
    for (const line of await linesOfFile(join(inputs.text.path, 'train.txt'))) {
      if (line.trim() !== '') texts.push(line)
    }
  }
  if (inputs.labelled !== undefined) {
    for (const { text } of (await readLabelledSplit(inputs.labelled.path, 'train')) ?? []) texts.push(text)
  }
  if (texts.length > 0 || (inputs.text ?? inputs.labelled) === undefined) return texts
  throw new ElmanError('STAGE_TEXT_EMPTY', {
    message: 'the inputs of the tokenizer have no text',
    where: (inputs.text ?? inputs.labelled)!.path,
    hint: 'give a stage with training text',
  })
}
