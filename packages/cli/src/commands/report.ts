import { join, relative } from 'node:path'
import type { Terminal } from '../terminal.ts'

/** Options of `elman report`. */
export interface ReportOptions {
  /** File to write; the run's own `report.html`, or `comparison.html` for several, unless given. */
  readonly out?: string
}

/** Writes the report of one run, or the comparison of several. */
export async function report(
  runs: readonly string[],
  { out }: ReportOptions,
  terminal: Terminal,
): Promise<void> {
  const { writeReport } = await import('@elman/eval')
  const file = out ?? (runs.length === 1 ? join(runs[0]!, 'report.html') : 'comparison.html')
  await writeReport(runs, file)
  terminal.result({ report: file, runs }, `report  ${relative(process.cwd(), file) || file}`)
}
