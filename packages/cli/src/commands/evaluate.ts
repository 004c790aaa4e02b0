import { ElmanError } from '@elman/core'
import { createEvaluator, type TextScore } from '@elman/pretrain'
import { datasetsOf, type EncodedText, encodeText, loadCorpus, readBytes } from '@elman/text'
import { type LoadedRun, type LoadedRunOptions, loadRun } from '../loaded-run.ts'
import { evaluationText } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman evaluate`. */
export interface EvaluateOptions extends LoadedRunOptions {
  /** Split of the run's corpus; `test` unless given. */
  readonly split?: string
  /** A text file to score in place of a split. */
  readonly text?: string
}

/** Scores a split of the run's corpus, or another text, by the run's model. */
export async function evaluate(path: string, options: EvaluateOptions, terminal: Terminal): Promise<void> {
  const run = await loadRun(path, options)
  const [name, text] = await textOf(run, options)
  const evaluator = await createEvaluator(run.backend, run.model, run.vocabulary, run.config.evaluate)
  let score: TextScore
  try {
    score = await evaluator.score(run.parameters, text)
  } finally {
    await evaluator.dispose()
  }
  const record = { kind: 'evaluate', step: run.step, epoch: 0, split: name, ...score } as const
  const { epoch: _, kind: _kind, ...value } = record
  terminal.result(
    { run: path, ...value },
    `${evaluationText(record)}  (${score.tokens} tokens, step ${run.step})`,
  )
}

async function textOf(
  { vocabulary, config, baseDirectory, container }: LoadedRun,
  { text, split = 'test' }: EvaluateOptions,
): Promise<[string, EncodedText]> {
  if (text !== undefined) return [text, await encodeText(vocabulary, readBytes(text), text)]
  const { splits } = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(container) })
  const found = Object.entries(splits).find(([name]) => name === split)
  if (found !== undefined) return found
  throw new ElmanError('CLI_SPLIT_UNKNOWN', {
    message: `the corpus of this run has no split "${split}"`,
    expected: `one of ${Object.keys(splits).join(', ')}`,
    hint: 'to score a file, use --text FILE',
  })
}
