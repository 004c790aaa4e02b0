/**
 * The files that make a run folder a row's: `row.json` says what was asked for and by which rule it was cut down,
 * `result.json` says that it is done and how it went, and `log-probabilities.safetensors` holds the natural
 * log-probability of each token of valid and test (float32), from which every comparison is made.
 */
import { join } from 'node:path'
import {
  ElmanError,
  ndArray,
  readRunJson,
  readSafetensors,
  writeRunJson,
  writeSafetensors,
} from '@elman/core'
import { z } from 'zod'

const CARD = 'row.json'
const RESULT = 'result.json'
const TOKENS = 'log-probabilities.safetensors'

/** Form of `row.json`: what a folder measures. */
export const rowCard = z.object({
  format: z.literal(1),
  ladder: z.string(),
  row: z.string(),
  budget: z.string(),
  seed: z.int(),
  /** What was changed of the published recipe, and by which rule. */
  rule: z.string(),
  /** Whether it is the published recipe. */
  full: z.boolean(),
  /** Tokens a second, where the rule measured them. */
  tokensPerSecond: z.number().optional(),
  /** Whether the text is the published one, so that published figures may stand beside. */
  publishedText: z.boolean(),
  /** Folders of the rows that this one builds on. */
  uses: z.array(z.string()),
})

/** Figures of one split. */
export const rowFigures = z.object({
  /** Nats per token. */
  loss: z.number(),
  perplexity: z.number(),
  tokens: z.int(),
})

/** Form of `result.json`: what was measured. */
export const rowResult = z.object({
  format: z.literal(1),
  valid: rowFigures,
  test: rowFigures,
  adaptive: z.boolean(),
  /** Parameters of a network, stored n-grams of a count-based model. */
  parameters: z.number().optional(),
  /** Passes over the training text; none for models that are counted or not trained here. */
  epochs: z.number().optional(),
  /** Seconds of work: training, and scoring of valid and test. */
  trainSeconds: z.number(),
  scoreSeconds: z.number(),
  /** Of the corpus: equal fingerprints mean equal tokens. */
  fingerprint: z.string(),
  tokensFile: z.object({ file: z.string(), bytes: z.int(), sha256: z.string() }),
})

/** What a row was asked to do. */
export type RowCard = z.output<typeof rowCard>

/** Loss and perplexity of a split. */
export type RowFigures = z.output<typeof rowFigures>

/** What a row found. */
export type RowResult = z.output<typeof rowResult>

/** Names that the folder of a row may hold before `row.json` is there: a process that dies then leaves no more. */
const BEFORE_CARD = /^(run\.lock.*|environment\.json|config\.json|data\.json|vocabulary\.json|\..+\.tmp-.+)$/

/** Whether files of these names are what a row leaves that was killed before it could say that it is one. */
export function isUnbornRow(names: readonly string[]): boolean {
  return names.every(name => BEFORE_CARD.test(name))
}

/** Writes what a row is asked to do. */
export async function writeRowCard(run: { readonly path: string }, card: RowCard): Promise<void> {
  await writeRunJson(run, CARD, card)
}

/**
 * What the row of a folder was asked to do; nothing where the folder is none of a row.
 *
 * @throws `REPRODUCE_FILE_INVALID`, `RUN_FILE_INVALID`
 */
export function readRowCard(path: string): Promise<RowCard | undefined> {
  return readChecked(path, CARD, rowCard)
}

/**
 * What the row of a folder found; nothing while it is not finished.
 *
 * @throws `REPRODUCE_FILE_INVALID`, `RUN_FILE_INVALID`
 */
export function readRowResult(path: string): Promise<RowResult | undefined> {
  return readChecked(path, RESULT, rowResult)
}

async function readChecked<Schema extends z.ZodType>(
  path: string,
  file: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const json = await readRunJson({ path }, file)
  if (json === undefined) return undefined
  const read = schema.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ElmanError('REPRODUCE_FILE_INVALID', {
    message: `${file} does not have the form that elman writes`,
    found: `${issue!.path.join('.')}: ${issue!.message}`,
    where: join(path, file),
    hint: 'delete the folder and run the row again',
  })
}

/** Log-probabilities of the tokens of both splits, as a row stores them. */
export interface RowTokens {
  readonly valid: Float64Array
  readonly test: Float64Array
}

/** A row's result as it is before it is stored. */
export type NewRowResult = Omit<RowResult, 'format' | 'valid' | 'test' | 'tokensFile'>

/**
 * Stores what a row found: the tokens first, then the file that says the row is done. Perplexities are of the numbers
 * before they are rounded to float32.
 *
 * @throws `REPRODUCE_TOKENS_UNSCORED` when a token of a split has no probability, or one of 0
 */
export async function finishRow(
  run: { readonly path: string },
  tokens: RowTokens,
  rest: NewRowResult,
): Promise<RowResult> {
  const [valid, test] = (['valid', 'test'] as const).map(split => summary(tokens[split], split, run.path))
  const arrays = (['valid', 'test'] as const).map(
    split => [split, ndArray('float32', [tokens[split].length], Float32Array.from(tokens[split]))] as const,
  )
  const written = await writeSafetensors(join(run.path, TOKENS), arrays, {
    content: 'natural log-probability of each token, in the order of the text',
    fingerprint: rest.fingerprint,
  })
  const result: RowResult = {
    ...{ format: 1, valid: valid!, test: test!, ...rest },
    tokensFile: { file: TOKENS, ...written },
  }
  await writeRunJson(run, RESULT, result)
  return result
}

function summary(values: Float64Array, split: string, where: string): RowFigures {
  let sum = 0
  let wrong = -1
  for (let position = 0; position < values.length; position++) {
    if (!Number.isFinite(values[position]!) && wrong < 0) wrong = position
    sum += values[position]!
  }
  if (wrong >= 0) {
    throw new ElmanError('REPRODUCE_TOKENS_UNSCORED', {
      message: `token ${wrong} of split ${split} has no probability above 0, so the row has no perplexity`,
      expected: 'a finite log-probability for every token: rows are compared on whole splits',
      found: String(values[wrong]),
      where,
    })
  }
  const loss = -sum / values.length
  return { loss, perplexity: Math.exp(loss), tokens: values.length }
}

/**
 * The stored log-probabilities of a finished row.
 *
 * @throws `FILE_UNREADABLE`, the `SAFETENSORS_*` codes
 */
export async function readRowTokens(path: string): Promise<RowTokens> {
  const { tensors } = await readSafetensors(join(path, TOKENS))
  const of = (split: string) => Float64Array.from((tensors.get(split)?.data ?? []) as Float32Array)
  return { valid: of('valid'), test: of('test') }
}
