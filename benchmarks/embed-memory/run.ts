/**
 * Time and memory of loading a large file of word vectors, text and binary, in a process with a small heap.
 *
 *   pnpm --filter @elman/benchmarks run embed-memory [--rows 1000000] [--dimensions 300] [--folder DIR]
 *
 * Writes about 3 GB into the folder (a temporary one unless given) and removes it. Ends with status 1 when a load takes
 * more than 1.3 times its matrix, or, at the full size, more than 40 s.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type LargeFormat, writeLargeFile } from './large-file.ts'

const MAXIMUM_RATIO = 1.3
const MAXIMUM_SECONDS = 40
/** Node's heap limit for the loading process, MiB. */
const HEAP = 128

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    dimensions: { type: 'string', default: '300' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const rows = Number(values.rows)
const dimensions = Number(values.dimensions)
const folder = await mkdtemp(join(values.folder, 'elman-embed-memory-'))
let failed = false
try {
  console.log(`${rows} words of ${dimensions} numbers; heap limit ${HEAP} MiB`)
  console.log('format           file MB  seconds  M numbers/s  peak MB  matrix MB  peak / matrix')
  for (const format of ['word2vec-text', 'glove', 'word2vec-binary'] satisfies LargeFormat[]) {
    const path = join(folder, `vectors.${format}`)
    await writeLargeFile(path, format, rows, dimensions)
    const { size } = await stat(path)
    const load = measure(path)
    await rm(path)
    const ratio = load.peakBytes / load.matrixBytes
    failed ||= load.rows !== rows || ratio > MAXIMUM_RATIO || load.seconds > MAXIMUM_SECONDS
    const rate = (rows * dimensions) / load.seconds / 1e6
    console.log(
      [
        format.padEnd(15),
        (size / 1e6).toFixed(0).padStart(8),
        load.seconds.toFixed(1).padStart(8),
        rate.toFixed(1).padStart(12),
        (load.peakBytes / 1e6).toFixed(0).padStart(8),
        (load.matrixBytes / 1e6).toFixed(0).padStart(10),
        ratio.toFixed(3).padStart(14),
      ].join(' '),
    )
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
if (failed) process.exitCode = 1

interface Load {
  readonly rows: number
  readonly seconds: number
  readonly peakBytes: number
  readonly matrixBytes: number
}

function measure(path: string): Load {
  const options = [`--max-old-space-size=${HEAP}`, '--conditions=elman-source', '--import', 'tsx']
  const output = execFileSync(process.execPath, [...options, join(import.meta.dirname, 'load.ts'), path], {
    encoding: 'utf8',
    cwd: join(import.meta.dirname, '..'),
  })
  return JSON.parse(output) as Load
}
