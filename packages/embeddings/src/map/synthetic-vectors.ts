import { random } from '@elman/core'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'

/** Vectors for tests: `groups` directions with noise around them; word `w17` belongs to group 17 % groups. */
export function syntheticVectors(
  count: number,
  {
    groups = 4,
    dimensions = 16,
    noise = 0.25,
    words = Array.from({ length: count }, (_, at) => `w${at}`),
  } = {},
): WordVectors {
  const key = random.key(5)
  const directions = random.normal(random.foldIn(key, 1), groups * dimensions, 'float64')
  const drawn = random.normal(random.foldIn(key, 2), count * dimensions, 'float64')
  const matrix = Float32Array.from(
    drawn,
    (value, at) =>
      directions[(Math.floor(at / dimensions) % groups) * dimensions + (at % dimensions)]! + noise * value,
  )
  const counts = Float64Array.from({ length: count }, (_, at) => Math.ceil(20_000 / (at + 1)))
  return new WordVectors({ words: WordTable.of(words), dimensions, matrix, counts })
}
