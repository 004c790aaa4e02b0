/** Entries that one Map of V8 can hold. */
const MAP_LIMIT = 2 ** 24

/** Distinct tokens of a text in order of first appearance, with how often each occurred. */
export interface TokenTable {
  readonly tokens: readonly string[]
  readonly counts: readonly number[]
}

/**
 * Counts words. V8 refuses a Map of more than 2^24 entries, so further words go to further Maps: the number of
 * distinct words is bounded by memory alone.
 *
 * @param mapLimit - Entries a Map; only tests need another value.
 */
export function createWordTable(mapLimit = MAP_LIMIT): TokenTable & { add(word: string): number } {
  const tokens: string[] = []
  const counts: number[] = []
  const maps = [new Map<string, number>()]
  const find = (word: string): number | undefined => {
    for (const map of maps) {
      const id = map.get(word)
      if (id !== undefined) return id
    }
    return undefined
  }
  return {
    tokens,
    counts,
    add(word) {
      const known = find(word)
      if (known !== undefined) {
        counts[known]! += 1
        return known
      }
      if (maps.at(-1)!.size >= mapLimit) maps.push(new Map())
      // A slice of V8 keeps the whole chunk alive that it was cut from; the copy does not.
      const own = Buffer.from(word, 'utf16le').toString('utf16le')
      maps.at(-1)!.set(own, tokens.length)
      tokens.push(own)
      counts.push(1)
      return tokens.length - 1
    },
  }
}

/** Counts code points. */
export function createCodePointTable(): TokenTable & { add(code: number): number } {
  const tokens: string[] = []
  const counts: number[] = []
  const ids = new Map<number, number>()
  return {
    tokens,
    counts,
    add(code) {
      const known = ids.get(code)
      if (known !== undefined) {
        counts[known]! += 1
        return known
      }
      ids.set(code, tokens.length)
      tokens.push(String.fromCodePoint(code))
      counts.push(1)
      return tokens.length - 1
    },
  }
}
