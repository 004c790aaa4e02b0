/** Words of a text as the benchmark needs them: lower-cased, with a letter or digit, at least five times. */
import { readFileSync } from 'node:fs'

/** Indices by falling count, −1 after each line, and the counts. */
export function readIds(path: string): { ids: Int32Array; counts: Float64Array; words: string[] } {
  const lines = readFileSync(path, 'utf8')
    .toLowerCase()
    .split('\n')
    .map(line => line.split(' ').filter(word => word !== '<unk>' && /[\p{L}\p{N}]/u.test(word)))
  const found = new Map<string, number>()
  for (const line of lines) for (const word of line) found.set(word, (found.get(word) ?? 0) + 1)
  const kept = [...found].filter(([, count]) => count >= 5).sort((a, b) => b[1] - a[1])
  const index = new Map(kept.map(([word], place) => [word, place]))
  const ids: number[] = []
  for (const line of lines) {
    const sentence = line.map(word => index.get(word)).filter(id => id !== undefined)
    if (sentence.length > 0) ids.push(...sentence, -1)
  }
  return {
    ids: Int32Array.from(ids),
    counts: Float64Array.from(kept, ([, count]) => count),
    words: kept.map(([word]) => word),
  }
}
