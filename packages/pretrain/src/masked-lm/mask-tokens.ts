/** The masking of BERT (Devlin et al. 2019; create_pretraining_data.py): which tokens are asked for, and what is shown. */
import { ElmanError, type Key, random } from '@elman/core'

/** A sequence to mask. */
export interface TokenSequence {
  readonly ids: ArrayLike<number>
  /** Number of the word each token is a piece of; -1 for tokens that are never asked for, such as `[CLS]` and `[SEP]`. */
  readonly wordIndex: ArrayLike<number>
}

/** How to mask. */
export interface MaskingOptions {
  readonly vocabularySize: number
  /** Id of `[MASK]`. */
  readonly mask: number
  /** Part of the tokens, special ones counted, that is asked for; 0.15 unless given. */
  readonly rate?: number | undefined
  /** Most tokens that are asked for; {@link maximumPredictions} of the length unless given. */
  readonly maximum?: number | undefined
  /** Whether all pieces of a word are asked for together; false unless given. */
  readonly wholeWords?: boolean | undefined
}

/** A masked sequence. */
export interface MaskedTokens {
  /** What the model reads. */
  readonly ids: Int32Array
  /** Places that are asked for, rising, and the ids that stood there. */
  readonly places: Int32Array
  readonly targets: Int32Array
}

/** Predictions to keep room for in sequences of a length: 20 for 128, 77 for 512. */
export function maximumPredictions(length: number, rate = 0.15): number {
  return Math.max(1, Math.ceil(length * rate))
}

/**
 * Masks a sequence: at each place asked for stands `[MASK]` in 80 % of cases, a random id of the whole vocabulary in
 * 10 %, and the token itself in the rest. At least one place is asked for; of whole words as many as fit, and where
 * none fits, the first pieces of one.
 *
 * @param key the only source of chance: the same key gives the same masks
 * @throws `MASKING_NOTHING` when no token may be asked for
 */
export function maskTokens(
  key: Key,
  { ids, wordIndex }: TokenSequence,
  options: MaskingOptions,
): MaskedTokens {
  const { vocabularySize, mask, rate = 0.15, wholeWords = false } = options
  const { maximum = maximumPredictions(ids.length, rate) } = options
  const groups = candidates(wordIndex, wholeWords)
  if (groups.length === 0) throw nothing(ids.length)
  const wanted = Math.min(maximum, Math.max(1, Math.round(ids.length * rate)))
  const order = random.permutation(random.foldIn(key, 'order'), groups.length)
  const chosen: number[] = []
  for (const at of order) {
    const group = groups[at]!
    if (chosen.length + group.length <= wanted) chosen.push(...group)
  }
  if (chosen.length === 0) chosen.push(...groups[order[0]!]!.slice(0, wanted))
  chosen.sort((a, b) => a - b)
  const shown = Int32Array.from(ids)
  const kinds = random.uniform(random.foldIn(key, 'kind'), ids.length, 'float64')
  const others = random.integersBelow(random.foldIn(key, 'word'), ids.length, vocabularySize)
  for (const place of chosen) {
    if (kinds[place]! < 0.8) shown[place] = mask
    else if (kinds[place]! < 0.9) shown[place] = others[place]!
  }
  return {
    ids: shown,
    places: Int32Array.from(chosen),
    targets: Int32Array.from(chosen, place => ids[place]!),
  }
}

/** Places that are asked for together: each by itself, or those of a word. */
function candidates(wordIndex: ArrayLike<number>, wholeWords: boolean): number[][] {
  const groups: number[][] = []
  for (let place = 0; place < wordIndex.length; place++) {
    const word = wordIndex[place]!
    if (word < 0) continue
    const joins = wholeWords && place > 0 && wordIndex[place - 1] === word
    if (joins) groups.at(-1)!.push(place)
    else groups.push([place])
  }
  return groups
}

function nothing(length: number): ElmanError {
  return new ElmanError('MASKING_NOTHING', {
    message: 'a sequence has no token that could be masked',
    expected: 'one token besides special ones at least',
    found: `${length} tokens, all special`,
  })
}
