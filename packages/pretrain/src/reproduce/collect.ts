/** Results of a ladder, gathered from the folders of its rows: there is no other record of them. */
import { type Environment, readRun } from '@elman/core'
import { type Ladder, rowsByName } from './ladder.ts'
import type { Row } from './row.ts'
import { type RowTokens, readRowTokens } from './row-files.ts'
import { type FoundRow, findRowFolders } from './row-folder.ts'

/** Mean and standard deviation over seeds; the deviation is 0 of a single one. */
export interface Spread {
  readonly mean: number
  readonly deviation: number
  readonly values: readonly number[]
}

/** What a row reached under one budget, over its seeds. */
export interface CollectedResult {
  readonly budget: string
  /** Seeds that are finished, rising; 0 stands for a row without chance. */
  readonly seeds: readonly number[]
  /** Folders in the order of `seeds`. */
  readonly folders: readonly FoundRow[]
  readonly valid: Spread
  readonly test: Spread
  readonly adaptive: boolean
  readonly full: boolean
  /** What was cut down, as the folders say; one text for each way that was gone. */
  readonly rules: readonly string[]
  readonly parameters: number | undefined
  readonly epochs: number | undefined
  /** Seconds of training and scoring, mean over seeds. */
  readonly seconds: number
  readonly publishedText: boolean
  readonly fingerprint: string
  readonly testTokens: number
}

/** A row with all that was found of it. */
export interface CollectedRow {
  readonly row: Row
  readonly results: readonly CollectedResult[]
  /** Folders that are begun and not finished. */
  readonly unfinished: readonly FoundRow[]
}

/** A ladder with all that was found of it, rows in the ladder's order. */
export interface Collected {
  readonly ladder: Ladder
  readonly rows: readonly CollectedRow[]
  /** Machine and versions of each run, by folder. */
  readonly environments: ReadonlyMap<string, Environment>
}

/**
 * Reads what the folders of a directory say.
 *
 * @throws `REPRODUCE_FILE_INVALID`, `RUN_FILE_INVALID`
 */
export async function collectLadder(ladder: Ladder, directory: string): Promise<Collected> {
  const known = rowsByName(ladder)
  const found = (await findRowFolders(directory)).filter(
    ({ card }) => card.ladder === ladder.name && known.has(card.row),
  )
  const environments = new Map<string, Environment>()
  for (const { folder, path } of found) environments.set(folder, (await readRun(path)).environment)
  const rows = ladder.rows.map(row => {
    const own = found.filter(({ card }) => card.row === row.name)
    const finished = own.filter(({ result }) => result !== undefined)
    // One text and one budget make one figure.
    const groups = new Map<string, FoundRow[]>()
    for (const each of finished) groups.set(groupOf(each), [...(groups.get(groupOf(each)) ?? []), each])
    return {
      row,
      results: [...groups.values()].map(folders => summarise(folders)),
      unfinished: own.filter(({ result }) => result === undefined),
    }
  })
  return { ladder, rows, environments }
}

function groupOf({ card, result }: FoundRow): string {
  return JSON.stringify([card.budget, result!.fingerprint])
}

function summarise(folders: readonly FoundRow[]): CollectedResult {
  const sorted = [...folders].sort((a, b) => a.card.seed - b.card.seed)
  const results = sorted.map(({ result }) => result!)
  const [first] = sorted
  return {
    budget: first!.card.budget,
    seeds: sorted.map(({ card }) => card.seed),
    folders: sorted,
    valid: spreadOf(results.map(({ valid }) => valid.perplexity)),
    test: spreadOf(results.map(({ test }) => test.perplexity)),
    adaptive: results[0]!.adaptive,
    full: sorted.every(({ card }) => card.full),
    rules: [...new Set(sorted.map(({ card }) => card.rule))],
    parameters: results[0]!.parameters,
    epochs: results[0]!.epochs,
    seconds: spreadOf(results.map(each => each.trainSeconds + each.scoreSeconds)).mean,
    publishedText: sorted.every(({ card }) => card.publishedText),
    fingerprint: results[0]!.fingerprint,
    testTokens: results[0]!.test.tokens,
  }
}

/** Mean and sample standard deviation. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0, values }
}

/** The log-probabilities of a result's seeds, in the order of its seeds. */
export async function tokensOf({ folders }: CollectedResult): Promise<RowTokens[]> {
  const tokens: RowTokens[] = []
  for (const { path } of folders) tokens.push(await readRowTokens(path))
  return tokens
}

/** The result of a row to compare others with: of the same budget, else the full one, else the first. */
export function resultFor(
  { results }: CollectedRow,
  wanted: Pick<CollectedResult, 'budget' | 'fingerprint'>,
): CollectedResult | undefined {
  const same = results.filter(({ fingerprint }) => fingerprint === wanted.fingerprint)
  return (
    same.find(({ budget }) => budget === wanted.budget) ??
    same.find(({ budget }) => budget === 'full') ??
    same[0]
  )
}
