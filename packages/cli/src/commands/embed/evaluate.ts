import { join } from 'node:path'
import { ElmanError } from '@elman/core'
import {
  compareOnSimilarity,
  evaluateAll,
  findEvaluationFiles,
  formatEvaluation,
  readSimilaritySet,
  type SimilarityComparison,
  type UnknownWords,
  type VectorSource,
} from '@elman/embeddings'
import { findDataFolder } from '@elman/text'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { type NamedVectors, readVectors } from '../../vectors-argument.ts'

/** Options of `elman embed evaluate`. */
export interface EmbedEvaluateOptions {
  /** Folder with `word-sim/` and `analogy/`. */
  readonly sets?: string
  readonly unknown: string
  readonly restrict?: number
  readonly caseSensitive?: boolean
  readonly intervals?: boolean
}

const RULES: readonly UnknownWords[] = ['skip', 'zero', 'mean-vector', 'subword']

/** Scores vectors on all sets; two or more are also compared, on the pairs that both know. */
export async function embedEvaluate(
  paths: readonly string[],
  options: EmbedEvaluateOptions,
  terminal: Terminal,
): Promise<void> {
  const folder = setsFolder(options.sets)
  const rules = {
    unknown: unknownRule(options.unknown),
    caseInsensitive: options.caseSensitive !== true,
    ...(options.restrict === undefined ? {} : { restrictVocabulary: options.restrict }),
  }
  const models: NamedVectors[] = []
  const results: object[] = []
  const texts: string[] = []
  for (const path of paths) {
    const named = await readVectors(path, terminal)
    models.push(named)
    const evaluation = await evaluateAll(sourceOf(named, rules.unknown), folder, {
      ...{ ...rules, bootstrap: options.intervals === true },
    })
    results.push({ vectors: path, words: named.vectors.count, ...evaluation })
    texts.push(
      `${path}: ${named.vectors.count} words × ${named.vectors.dimensions}`,
      '',
      formatEvaluation(evaluation),
    )
  }
  const [first, ...others] = models
  const comparisons = []
  for (const other of others) {
    const compared: SimilarityComparison[] = []
    for (const file of (await findEvaluationFiles(folder)).similarity)
      compared.push(
        compareOnSimilarity(
          sourceOf(first!, rules.unknown),
          sourceOf(other, rules.unknown),
          await readSimilaritySet(file),
          rules,
        ),
      )
    comparisons.push({ first: first!.name, second: other.name, sets: compared })
    texts.push(
      '',
      `${first!.name} against ${other.name}, on the pairs that both know`,
      '',
      comparisonTable(compared),
    )
  }
  terminal.result({ results, comparisons }, texts.join('\n'))
}

/** The model that spells unknown words, where the rule asks for it. */
function sourceOf({ vectors, fastText }: NamedVectors, unknown: UnknownWords): VectorSource {
  return unknown === 'subword' && fastText !== undefined ? fastText : vectors
}

function comparisonTable(sets: readonly SimilarityComparison[]): string {
  const percent = (value: number) => (100 * value).toFixed(2)
  return table([
    ['set', 'pairs', 'first', 'second', 'difference', '95 % interval', 'p'],
    ...sets.map(({ set, shared, first, second, difference, interval, test }) => [
      ...[set, String(shared), percent(first.value), percent(second.value), percent(difference)],
      ...[`${percent(interval.lower)} … ${percent(interval.upper)}`, test.pValue.toPrecision(2)],
    ]),
  ])
}

function setsFolder(given: string | undefined): string {
  if (given !== undefined) return given
  const data = findDataFolder(process.env)
  if (data !== undefined) return join(data, 'embeddings')
  throw new ElmanError('CLI_PATH_MISSING', {
    message: 'there are no similarity and analogy sets to score on',
    expected: '--sets with a folder that has word-sim/*.txt and analogy/*.txt',
    hint: 'they may not be passed on with elman: eval-word-vectors and word2vec publish them',
  })
}

/** @throws `CLI_UNKNOWN_RULE` */
function unknownRule(name: string): UnknownWords {
  const rule = RULES.find(known => known === name)
  if (rule !== undefined) return rule
  throw new ElmanError('CLI_UNKNOWN_RULE', {
    message: `there is no rule for unknown words called "${name}"`,
    expected: `one of ${RULES.join(', ')}`,
  })
}
