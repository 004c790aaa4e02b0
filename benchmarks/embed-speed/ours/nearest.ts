/**
 * The ten nearest of 48,238 random vectors of 100 numbers, exact search, 200 queries one after the other; prints one JSON
 * line.
 *
 *   nearest.ts
 */
import { random } from '@elman/core'
import { createNearest, WordTable, WordVectors } from '@elman/embeddings'

const WORDS = 48_238
const DIMENSIONS = 100
const QUERIES = 200

const matrix = random.normal(random.key(1), WORDS * DIMENSIONS, 'float32') as Float32Array
const words = WordTable.of(Array.from({ length: WORDS }, (_, index) => `${index}`))
const vectors = new WordVectors({ words, dimensions: DIMENSIONS, matrix })
const nearest = createNearest(vectors)
const ask = (row: number) => nearest.search([vectors.row(row)], { top: 10, exclude: [[row]] })
for (let row = 0; row < 20; row++) ask(row)
const begin = performance.now()
for (let row = 0; row < QUERIES; row++) ask(row)
const seconds = (performance.now() - begin) / 1000
console.log(JSON.stringify({ rate: QUERIES / seconds, seconds, version: `elman, Node ${process.version}` }))
