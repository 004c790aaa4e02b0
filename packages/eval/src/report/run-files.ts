/** What a report knows of a run: the files of its folder, read leniently, since a report is most wanted when a run went wrong. */
import { readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ElmanError } from '@elman/core'
import { type MetricRecord, readMetricLines } from './metrics.ts'

/** The readable files of one run folder. */
export interface RunFiles {
  /** Name of the folder. */
  readonly name: string
  /** Content of `config.json`; undefined when absent or no JSON. */
  readonly config: unknown
  /** Content of `environment.json`; undefined when absent or no JSON. */
  readonly environment: unknown
  /** Content of `data.json`; undefined when absent or no JSON. */
  readonly data: unknown
  /** Lines of `metrics.jsonl` in the order they were written. */
  readonly metrics: readonly MetricRecord[]
  /** One sentence for each file or line that could not be read. */
  readonly problems: readonly string[]
}

/**
 * Reads a run folder. Files that are missing or damaged become sentences in `problems`.
 *
 * Throws `REPORT_NOT_A_RUN` when there is no such folder, or it holds neither `config.json` nor `metrics.jsonl`.
 */
export async function readRunFiles(directory: string): Promise<RunFiles> {
  const problems: string[] = []
  const config = await readJson(directory, 'config.json', problems)
  const environment = await readJson(directory, 'environment.json', problems)
  const data = await readJson(directory, 'data.json', problems)
  const hasMetrics = await exists(join(directory, 'metrics.jsonl'))
  if (!hasMetrics && !(await exists(join(directory, 'config.json')))) {
    throw new ElmanError('REPORT_NOT_A_RUN', {
      message: `"${basename(directory)}" is not a run folder`,
      expected: 'a folder with config.json and metrics.jsonl',
      found: (await exists(directory)) ? 'a folder with neither' : 'nothing at this path',
      hint: 'give the folder that "elman run" printed, such as runs/my-experiment',
    })
  }
  let metrics: readonly MetricRecord[] = []
  if (!hasMetrics) problems.push('The folder has no metrics.jsonl: nothing was logged.')
  else {
    const lines = await readMetricLines(join(directory, 'metrics.jsonl'))
    metrics = lines.records
    if (lines.torn) problems.push('The last line of metrics.jsonl was cut off and is left out.')
    if (lines.unreadable > 0) {
      problems.push(`${lines.unreadable} lines of metrics.jsonl could not be read and are left out.`)
    }
  }
  return { name: basename(resolve(directory)), config, environment, data, metrics, problems }
}

async function readJson(directory: string, file: string, problems: string[]): Promise<unknown> {
  const path = join(directory, file)
  if (!(await exists(path))) return undefined
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    problems.push(`${file} is not valid JSON and is left out.`)
    return undefined
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
