import { type ComponentReference, ElmanError, OPTIMIZER, writeFileAtomically } from '@elman/core'
import {
  type ContinualRecord,
  type ContinualResult,
  type ContinualStrategy,
  continualExperiment,
  continualTable,
  type Domain,
  strategyName,
} from '@elman/pretrain'
import { datasetsOf, encodeText, loadCorpus, readBytes } from '@elman/text'
import { type LoadedRunOptions, loadRun } from '../loaded-run.ts'
import { significant } from '../number-text.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman continual`. */
export interface ContinualCommandOptions extends LoadedRunOptions {
  /** Training text of the second domain. */
  readonly on: string
  /** Text that the second domain is scored on; the last tenth of `on` unless given. */
  readonly valid?: string
  /** Such as `fine-tuning`, `elastic=1000`, `replay=0.25`, `elastic=1000+replay=0.25`. */
  readonly strategy: readonly string[]
  /** Updates with the second text. */
  readonly steps: number
  /** Updates between scores of both texts; a tenth of `steps` unless given. */
  readonly every?: number
  /** The rate of the run's optimiser, in place of its own. */
  readonly rate?: number
  /** File for the records, a JSON line each. */
  readonly out?: string
  readonly seed: number
}

/**
 * Goes on with the model of a run on a second text, once for each strategy, and scores both texts all along: what is
 * learnt of the second and forgotten of the first.
 *
 * @throws CLI_STRATEGY_INVALID; what `loadRun`, `loadCorpus` and `continualExperiment` throw
 */
export async function continual(
  path: string,
  options: ContinualCommandOptions,
  terminal: Terminal,
): Promise<void> {
  const strategies = options.strategy.map(strategyOf)
  const run = await loadRun(path, options)
  const { backend, model, vocabulary, parameters, config, container, baseDirectory } = run
  const { splits } = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(container) })
  const a: Domain = { name: 'first', train: splits.train, valid: splits.valid ?? splits.test ?? splits.train }
  const b = await secondDomain(run, options)
  const { batch, bptt: time, optimizer } = config.train
  const lines: string[] = []
  const results: ContinualResult[] = []
  for (const strategy of strategies) {
    const name = strategyName(strategy)
    terminal.note(`${name}: ${options.steps} updates`)
    const result = await continualExperiment({
      ...{ backend, model, vocabulary, a, b, strategy, batch, time, seed: options.seed },
      optimizer: container.create(OPTIMIZER, withRate(optimizer, options.rate), { path: 'train.optimizer' }),
      steps: { a: run.step, b: options.steps },
      evaluateEvery: options.every ?? Math.max(1, Math.round(options.steps / 10)),
      evaluate: config.evaluate,
      start: { parameters, records: results[0]?.start.records },
      onRecord(record) {
        lines.push(JSON.stringify({ strategy: name, ...record }))
        terminal.note(recordText(record))
      },
    })
    results.push(result)
  }
  if (options.out !== undefined) await writeFileAtomically(options.out, `${lines.join('\n')}\n`)
  terminal.result(
    {
      run: path,
      on: options.on,
      results: results.map(({ parameters: _, start: _start, ...result }) => result),
    },
    continualTable(results, { a: 'first text', b: 'second text' }),
  )
}

function recordText({ learning, step, domain, perplexity }: ContinualRecord): string {
  const when = learning === 'a' ? 'before' : `update ${step}`
  return `${when}  ${domain === 'a' ? 'first' : 'second'} text: perplexity ${significant(perplexity)}`
}

async function secondDomain(
  { vocabulary }: Awaited<ReturnType<typeof loadRun>>,
  { on, valid }: ContinualCommandOptions,
): Promise<Domain> {
  const whole = await encodeText(vocabulary, readBytes(on), on)
  if (valid !== undefined) {
    return { name: 'second', train: whole, valid: await encodeText(vocabulary, readBytes(valid), valid) }
  }
  const end = Math.floor(0.9 * whole.ids.length)
  return {
    name: 'second',
    train: { ...whole, ids: whole.ids.subarray(0, end) },
    valid: { ...whole, ids: whole.ids.subarray(end) },
  }
}

function withRate(optimizer: ComponentReference, rate: number | undefined): ComponentReference {
  if (rate === undefined) return optimizer
  return { ...(typeof optimizer === 'string' ? { type: optimizer } : optimizer), rate }
}

/** Reads `elastic=1000+replay=0.25`. */
function strategyOf(text: string): ContinualStrategy {
  if (text === 'fine-tuning') return {}
  const found: { elastic?: { strength: number }; replay?: { share: number } } = {}
  for (const part of text.split('+')) {
    const [, name, number] = /^(elastic|replay)=([\d.e+-]+)$/.exec(part) ?? []
    const value = Number(number)
    if (name === 'elastic' && value >= 0) found.elastic = { strength: value }
    else if (name === 'replay' && value > 0 && value < 1) found.replay = { share: value }
    else {
      throw new ElmanError('CLI_STRATEGY_INVALID', {
        message: `--strategy ${text} is none`,
        expected: 'fine-tuning, elastic=STRENGTH, replay=SHARE below 1, or both with a +',
        found: part,
        hint: 'for example --strategy fine-tuning elastic=1000 replay=0.25',
      })
    }
  }
  return found
}
