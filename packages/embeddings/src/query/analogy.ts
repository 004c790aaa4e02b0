import { ElmanError } from '@elman/core'
import {
  type MostSimilarRequest,
  mostSimilar,
  type Neighbour,
  named,
  nearestOf,
  type Searchable,
} from './most-similar.ts'
import { indexOrThrow } from './terms.ts'

/** How the answer to an analogy is chosen. */
export type AnalogyMethod = '3CosAdd' | '3CosMul'

/** `a` is to `b` as `c` is to what? */
export interface AnalogyQuestion extends Pick<MostSimilarRequest, 'top' | 'restrictVocabulary'> {
  readonly a: string
  readonly b: string
  readonly c: string
  /**
   * 3CosAdd (default): the word nearest to b − a + c, of unit vectors; similarities found are cosines with it.
   * 3CosMul: most cos(x, b) · cos(x, c) / (cos(x, a) + ε), cosines moved to 0 … 1; similarities are that quotient.
   */
  readonly method?: AnalogyMethod
  /** ε of 3CosMul. Default 0.001, as Levy & Goldberg (2014); gensim has 10⁻⁶. */
  readonly epsilon?: number
}

/** Default ε of 3CosMul. */
export const ANALOGY_EPSILON = 0.001

/** ε for the kernel: 0 means 3CosAdd. @throws `EMBEDDING_QUERY_INVALID` */
export function epsilonOf(method: AnalogyMethod = '3CosAdd', epsilon = ANALOGY_EPSILON): number {
  if (method === '3CosAdd') return 0
  if (method === '3CosMul' && epsilon > 0) return epsilon
  throw new ElmanError('EMBEDDING_QUERY_INVALID', {
    message:
      method === '3CosMul' ? `\`epsilon\` cannot be ${epsilon}` : `there is no analogy method "${method}"`,
    expected: method === '3CosMul' ? 'a number above 0' : '3CosAdd or 3CosMul',
  })
}

/**
 * Answers to an analogy, best first; a, b and c are left out.
 *
 * @throws `EMBEDDING_WORD_UNKNOWN`, `EMBEDDING_QUERY_INVALID`
 */
export function analogy(
  searchable: Searchable,
  { a, b, c, method, epsilon, ...range }: AnalogyQuestion,
): Neighbour[] {
  const small = epsilonOf(method, epsilon)
  if (small === 0) return mostSimilar(searchable, { positive: [b, c], negative: [a], ...range })
  const nearest = nearestOf(searchable)
  const index = (word: string) => indexOrThrow(nearest.vectors, word)
  const questions = [[index(a), index(b), index(c)]] as const
  return nearest
    .analogies({ questions, epsilon: small, ...range })[0]!
    .map(row => named(nearest.vectors, row))
}
