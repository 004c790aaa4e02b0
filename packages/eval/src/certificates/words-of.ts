/** Words drawn for sampled evidence: every position of a stream can be made alone. */
import { drawsAt } from '../languages/draws.ts'
import type { Language, Word } from '../languages/language.ts'

/** A word of uniform symbols whose length is uniform in 0 … longest. */
export function uniformWord(symbols: number, longest: number, seed: number, index: number): Word {
  const draws = drawsAt({ seed, stream: 'certificate-uniform', size: longest, index })
  const word = new Uint8Array(draws.below(longest + 1))
  for (let i = 0; i < word.length; i++) word[i] = draws.below(symbols)
  return word
}

/** Words of a size from the language's own samplers: those that it is tested on, from a stream of their own. */
export function languageWords(
  { recognition, hasSize }: Language,
  target: 'class' | 'flags',
  { seed, size, count }: { readonly seed: number; readonly size: number; readonly count: number },
): Word[] {
  if (recognition === undefined || !hasSize(size)) return []
  const { sample, samplePositive } = recognition
  return Array.from({ length: count }, (_, index) => {
    const at = { seed, stream: 'certificate', size, index }
    return target === 'flags' && samplePositive !== undefined ? samplePositive(at) : sample(at).word
  })
}
