/** What the stages of fine-tuning do alike: `train.jsonl` and `valid.jsonl` of a folder to a fine-tuned model in its output. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import type { StageContext } from '../../stages/stage.ts'
import { fineTune, type fineTuningConfig } from '../fine-tuning/fine-tune.ts'
import type { FineTuningTask } from '../fine-tuning/fine-tuned-model.ts'
import { type FineTunedFolder, writeFineTuned } from '../fine-tuning/model-folder.ts'
import type { ReadingUnit } from '../fine-tuning/read-units.ts'
import { type MaskedTokenIds, maskedTokenIds } from '../special-tokens.ts'
import { fineTuningReporter, startModelOf, tokenizerFacts } from './start-model.ts'

type Config = Parameters<typeof startModelOf>[0] & { readonly training: z.output<typeof fineTuningConfig> }

/** How the lines of a folder are read and taught. */
export interface FineTuningData<Item> {
  readonly task: FineTuningTask
  /** Folder with the splits. */
  readonly folder: string
  /** Name of the output that the model goes to. */
  readonly output: string
  read(path: string): Promise<Item[]>
  labelsOf(item: Item): readonly string[]
  /** What is read of an item; `numbers` are those of its labels. */
  unitsOf(item: Item, numbers: readonly number[], how: UnitOptions): readonly ReadingUnit[]
}

/** What units are made with. */
export interface UnitOptions {
  readonly tokenizer: FineTunedFolder['tokenizer']
  readonly special: MaskedTokenIds
  readonly length: number
}

/** A fine-tuned model, the test split, and what stands in the card of the model's artefact. */
export interface FineTunedSplits<Item> {
  readonly made: FineTunedFolder
  readonly test: readonly Item[]
  readonly validError: number | undefined
  readonly facts: { readonly [fact: string]: unknown }
}

/** Fine-tunes on the training lines, or goes on with it, and writes the model; nothing when it was stopped. */
export async function fineTuneSplits<Item>(
  config: Config,
  context: StageContext,
  { task, folder, output, read, labelsOf, unitsOf }: FineTuningData<Item>,
): Promise<FineTunedSplits<Item> | undefined> {
  const { backend, seed, signal, workDirectory, outputDirectory, onEvent } = context
  const { tokenizer, ...start } = await startModelOf(config, context)
  const special = maskedTokenIds(tokenizer)
  const { length } = config.training
  const split = (name: string) => {
    const path = join(folder, `${name}.jsonl`)
    return existsSync(path) ? read(path) : undefined
  }
  const train = (await split('train')) ?? []
  const labels = [...new Set(train.flatMap(labelsOf))].sort()
  const units = (items: readonly Item[]) =>
    items.flatMap(item => {
      const numbers = labelsOf(item).map(label => labels.indexOf(label))
      return unitsOf(item, numbers, { tokenizer, special, length })
    })
  const valid = await split('valid')
  const result = await fineTune({
    ...{ ...start, task, backend, special, seed, signal, training: config.training },
    ...{ classes: labels.length, units: units(train), valid: valid && units(valid) },
    ...{ directory: workDirectory, onEvent: fineTuningReporter(onEvent) },
  })
  if (result.outcome === 'interrupted') return undefined
  const { model, parameters, validError } = result
  const made = { model, parameters, tokenizer, labels, length }
  await writeFineTuned(await outputDirectory(output), made)
  const facts = { family: 'masked-lm', direction: 'both', ...tokenizerFacts(tokenizer), labels }
  return { made, test: (await split('test')) ?? [], validError, facts }
}

/** The errors that a stage tells, where there are such. */
export function errorScores(validError: number | undefined, wrong: number, total: number) {
  return {
    ...(validError === undefined ? {} : { validError }),
    ...(total === 0 ? {} : { testError: wrong / total }),
  }
}
