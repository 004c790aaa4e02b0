/** Trains word vectors and compares the starts; prints a table. The runs stay in the folder given, if one is. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledFolder } from '@elman/text'
import experiment from '../elman.config.ts'
import { compareStarts, comparisonTable } from './compare-starts.ts'
import { makeVectors } from './vectors.ts'

const start = performance.now()
const kept = process.argv[2]
const directory = kept ?? (await mkdtemp(join(tmpdir(), 'embedding-start-')))
await mkdir(directory, { recursive: true })
const text = join(bundledFolder('wiki-sample'), 'wiki.train.tokens')
const vectors = await makeVectors(directory, { text, dimensions: 100, epochs: 20 })
const seconds = () => ((performance.now() - start) / 1000).toFixed(0)
console.error(`word vectors after ${seconds()} s`)
const report = (line: string) => console.error(line)
const perplexities = await compareStarts({ experiment, vectors, seeds: [1, 2, 3], directory, report })
console.log(comparisonTable(perplexities))
console.error(`${seconds()} s`)
if (kept === undefined) await rm(directory, { recursive: true })
