import type { ComponentReference } from '@elman/core'
import { createEvaluator, scoreWithEvaluators, type TextScore } from '@elman/pretrain'
import { datasetsOf, type EncodedText, encodeText, loadCorpus, readBytes } from '@elman/text'
import { listenForInterrupt } from '../interrupt.ts'
import { type LoadedRun, type LoadedRunOptions, loadRun } from '../loaded-run.ts'
import { compact, significant } from '../number-text.ts'
import { showPhases } from '../phases.ts'
import { evaluationText } from '../progress.ts'
import { splitOf } from '../split.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman evaluate`. */
export interface EvaluateOptions extends LoadedRunOptions {
  /** Split of the run's corpus; `test` unless given. */
  readonly split?: string
  /** A text file to score in place of a split. */
  readonly text?: string
  /** Evaluators by name, or as JSON with their options, in place of the plain score. */
  readonly with?: readonly string[]
}

/** Scores a split of the run's corpus, or another text, by the run's model. */
export async function evaluate(path: string, options: EvaluateOptions, terminal: Terminal): Promise<void> {
  const run = await loadRun(path, options)
  const [name, text] = await textOf(run, options)
  if (options.with !== undefined) return evaluateWith(run, name, text, options.with, terminal)
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

/** Scores a text by several evaluators; those that change the model while it reads stand apart. */
async function evaluateWith(
  run: LoadedRun,
  name: string,
  text: EncodedText,
  names: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const { backend, model, parameters, vocabulary, container, config, baseDirectory } = run
  const evaluators = names.map(evaluatorReference)
  const corpus = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(container) })
  const phases = showPhases(terminal)
  const interrupt = listenForInterrupt(() => phases.line('stopping'))
  try {
    const scores = await scoreWithEvaluators({
      ...{ services: container, backend, model, parameters, vocabulary, text, evaluators },
      ...{ training: corpus.splits.train.ids, signal: interrupt.signal },
      onProgress: ({ evaluator, phase, done, total, tokensPerSecond: rate, secondsLeft }) =>
        phases.progress({ phase: `${evaluator}: ${phase}`, done, total, unit: 'words', rate, secondsLeft }),
    })
    phases.finish()
    const rows = [...scores.static, ...scores.adaptive].map(score => [
      ...[score.name, score.adaptive ? 'adaptive' : 'static', significant(score.perplexity)],
      ...[`${compact(score.tokensPerSecond)} tokens/s`, JSON.stringify(score.options)],
    ])
    const plain = (list: typeof scores.static) => list.map(({ logProbabilities: _, ...score }) => score)
    terminal.result(
      {
        split: name,
        tokens: text.ids.length,
        static: plain(scores.static),
        adaptive: plain(scores.adaptive),
      },
      table([['evaluator', 'model', `perplexity (${name})`, 'speed', 'options'], ...rows]),
    )
  } finally {
    phases.finish()
    interrupt.stop()
  }
}

/** An evaluator as a config names it. */
function evaluatorReference(text: string): ComponentReference {
  return text.startsWith('{') ? (JSON.parse(text) as ComponentReference) : text
}

async function textOf(run: LoadedRun, { text, split }: EvaluateOptions): Promise<[string, EncodedText]> {
  if (text !== undefined) return [text, await encodeText(run.vocabulary, readBytes(text), text)]
  return splitOf({ ...run, datasets: datasetsOf(run.container) }, split)
}
