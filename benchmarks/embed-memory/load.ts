/** Loads one file and says what it took; run by run.ts in a process of its own. */
import { readWordVectors } from '@elman/embeddings'

const begin = performance.now()
const { vectors, report } = await readWordVectors(process.argv[2]!)
const seconds = (performance.now() - begin) / 1000
let sum = 0
for (let i = 0; i < vectors.matrix.length; i += 97) sum += vectors.matrix[i]!
console.log(
  JSON.stringify({
    format: report.format,
    rows: vectors.count,
    seconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    matrixBytes: vectors.matrix.byteLength,
    sum,
  }),
)
