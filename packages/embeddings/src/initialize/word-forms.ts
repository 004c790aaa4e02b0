/** Under which spellings a token of a vocabulary is looked for in a set of word vectors. */

/** How tokens are looked up. */
export interface WordFormOptions {
  /**
   * Whether a token that has no vector as it is written is looked for in lower case, then with a capital, then in
   * capitals. False unless given.
   */
  readonly caseFallback?: boolean | undefined
  /** Other names of some tokens, tried after the token itself: vectors of word2vec know `<eos>` as `</s>`. */
  readonly aliases?: { readonly [token: string]: readonly string[] } | undefined
}

/** The spellings of a token in the order in which they are tried; the first is the token. */
export function wordForms(token: string, { caseFallback = false, aliases = {} }: WordFormOptions): string[] {
  const names = [token, ...(Object.hasOwn(aliases, token) ? aliases[token]! : [])]
  if (!caseFallback) return names
  const lower = token.toLowerCase()
  const [first = '', ...rest] = lower
  const forms = [...names, lower, first.toUpperCase() + rest.join(''), token.toUpperCase()]
  return [...new Set(forms)]
}

/**
 * Every spelling under which one of the tokens may be found: what to keep when a file of vectors is read for them,
 * so that a file of millions of words takes no more memory than the vocabulary needs.
 */
export function wantedWords(tokens: Iterable<string>, options: WordFormOptions = {}): Set<string> {
  const wanted = new Set<string>()
  for (const token of tokens) for (const form of wordForms(token, options)) wanted.add(form)
  return wanted
}
