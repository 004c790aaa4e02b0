/** Unigram: the cut of a word with the largest product of its tokens' probabilities, by Viterbi (Kudo 2018). */
import { invalid, type UnigramJson } from '../pipeline/tokenizer-json.ts'
import {
  byteTokens,
  cached,
  modelVocabulary,
  type TokenModel,
  tokenUnknown,
  type WordTokens,
} from './model.ts'

/** How much worse than the worst token a character without token is, in log probability (SentencePiece). */
const UNKNOWN_PENALTY = 10

/**
 * Neighbouring characters without token are one unknown token, or their bytes with `byte_fallback`. Of equal cuts the
 * one whose last token is longest is taken.
 *
 * @throws `TOKENIZER_INVALID`
 */
export function unigramModel(json: UnigramJson, where: string): TokenModel {
  const entries = json.vocab.map(([token], id) => [token, id] as const)
  const vocabulary = modelVocabulary(entries, found => invalid(found, where))
  const { ids } = vocabulary
  if (ids.size !== json.vocab.length) throw invalid('a token of the vocabulary appears twice', where)
  const scores = json.vocab.map(([, score]) => score)
  const unknown = json.unk_id ?? undefined
  if (unknown !== undefined && unknown >= scores.length) throw invalid(`unk_id ${unknown} is no id`, where)
  let worst = Number.POSITIVE_INFINITY
  let longest = 1
  for (const [token, score] of json.vocab) {
    worst = Math.min(worst, score)
    longest = Math.max(longest, token.length)
  }
  const unknownScore = worst - UNKNOWN_PENALTY

  const cut = (word: string): WordTokens => {
    const path = bestPath(word)
    const found: number[] = []
    const spans: number[] = []
    for (let i = 0; i < path.length; i++) {
      const { from, id } = path[i]!
      if (id !== undefined) {
        found.push(id)
        spans.push(from, path[i]!.to)
        continue
      }
      while (path[i + 1] !== undefined && path[i + 1]!.id === undefined) i += 1
      const { to } = path[i]!
      const bytes = json.byte_fallback ? byteTokens(word.slice(from, to)).map(name => ids.get(name)) : []
      if (bytes.length > 0 && bytes.every(byte => byte !== undefined)) {
        for (const byte of bytes) {
          found.push(byte)
          spans.push(from, to)
        }
      } else {
        if (unknown === undefined) throw tokenUnknown(word.slice(from, to))
        found.push(unknown)
        spans.push(from, to)
      }
    }
    return { ids: found, spans }
  }

  const bestPath = (word: string) => {
    const best = new Float64Array(word.length + 1).fill(Number.NEGATIVE_INFINITY)
    const before = new Int32Array(word.length + 1)
    const token = new Int32Array(word.length + 1)
    best[0] = 0
    for (let begin = 0; begin < word.length; ) {
      const step = word.codePointAt(begin)! > 0xffff ? 2 : 1
      let single = false
      for (let end = begin + 1; end <= Math.min(word.length, begin + longest); end++) {
        const id = ids.get(word.slice(begin, end))
        if (id === undefined || id === unknown) continue
        if (end === begin + step) single = true
        if (best[begin]! + scores[id]! > best[end]!) {
          best[end] = best[begin]! + scores[id]!
          before[end] = begin
          token[end] = id
        }
      }
      if (!single && best[begin]! + unknownScore > best[begin + step]!) {
        best[begin + step] = best[begin]! + unknownScore
        before[begin + step] = begin
        token[begin + step] = -1
      }
      begin += step
    }
    const path: { from: number; to: number; id: number | undefined }[] = []
    for (let to = word.length; to > 0; to = before[to]!) {
      path.push({ from: before[to]!, to, id: token[to] === -1 ? undefined : token[to]! })
    }
    return path.reverse()
  }
  return { vocabulary, unknown, cut: cached(cut) }
}
