import { builtInDatasets } from '@elman/text'
import { readAddedDatasets } from '../added-datasets.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** Lists the datasets that `corpus.type` may name, and the texts that `elman data add` gave a name. */
export async function dataList(terminal: Terminal): Promise<void> {
  const datasets = builtInDatasets.map(({ type, summary, license, bundled, redistributable, unit }) => ({
    ...{ type, summary, license, unit, redistributable },
    source: bundled ? 'bundled' : 'by path',
  }))
  const added = await readAddedDatasets(process.cwd())
  const rows = [
    ...datasets.map(({ type, source, unit, summary, license }) => [
      type,
      source,
      unit,
      `${summary} [${license}]`,
    ]),
    ...Object.entries(added).map(([name, { corpus, sha256 }]) => [
      ...[name, 'added', String(corpus.unit ?? '')],
      `${corpus.type}: ${Object.keys(sha256).join(', ')}`,
    ]),
  ]
  terminal.result({ datasets, added }, table(rows))
}
