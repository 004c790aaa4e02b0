/** Tokens while they are collected, and what may be done to them when they are: templates, truncation, padding. */
import { ElmanError } from '@elman/core'
import type { Encoding } from '../tokenizer.ts'
import type { Place } from './post-processors.ts'
import type { PaddingJson, TruncationJson } from './tokenizer-json.ts'

/** The tokens of one text, without a template. */
export interface TokenList {
  readonly ids: number[]
  readonly tokens: string[]
  /** Two a token. */
  readonly offsets: number[]
  readonly words: number[]
}

export function emptyList(): TokenList {
  return { ids: [], tokens: [], offsets: [], words: [] }
}

/** Puts lists into the places of a template. */
export function fillTemplate(
  places: readonly Place[],
  texts: { readonly A: TokenList; readonly B: TokenList | undefined },
): Encoding {
  const all = emptyList()
  const types: number[] = []
  for (const place of places) {
    const list = 'text' in place ? texts[place.text] : addedList(place.ids, place.tokens)
    if (list === undefined) continue
    for (const id of list.ids) {
      all.ids.push(id)
      types.push(place.typeId)
    }
    for (const token of list.tokens) all.tokens.push(token)
    for (const offset of list.offsets) all.offsets.push(offset)
    for (const word of list.words) all.words.push(word)
  }
  return {
    ids: Int32Array.from(all.ids),
    tokens: all.tokens,
    offsets: Int32Array.from(all.offsets),
    wordIndex: Int32Array.from(all.words),
    typeIds: Uint8Array.from(types),
    attentionMask: new Uint8Array(all.ids.length).fill(1),
  }
}

function addedList(ids: readonly number[], tokens: readonly string[]): TokenList {
  const none = ids.map(() => -1)
  return { ids: [...ids], tokens: [...tokens], offsets: ids.flatMap(() => [0, 0]), words: none }
}

/**
 * Shortens lists so that with `added` tokens of a template they are no longer than the settings say. `LongestFirst`
 * takes from the longer text, from the first of equals.
 *
 * @throws `TOKENIZER_TRUNCATION` when no shortening that the strategy allows is enough
 */
export function truncate(
  { max_length: maximum, strategy, direction }: TruncationJson,
  added: number,
  a: TokenList,
  b: TokenList | undefined,
): { readonly A: TokenList; readonly B: TokenList | undefined } {
  const room = maximum - added
  let first = a.ids.length
  let second = b?.ids.length ?? 0
  const excess = first + second - room
  if (excess <= 0) return { A: a, B: b }
  if (strategy === 'LongestFirst') [first, second] = shareRoom(first, second, Math.max(0, room))
  else if (strategy === 'OnlyFirst') first -= excess
  else second -= excess
  if (room < 0 || first < 0 || second < 0) {
    throw new ElmanError('TOKENIZER_TRUNCATION', {
      message: 'the tokens cannot be made few enough',
      expected: `at most ${maximum} tokens, ${added} of them added by the template`,
      found: `${a.ids.length}${b === undefined ? '' : ` and ${b.ids.length}`} tokens, strategy ${strategy}`,
      hint: 'raise truncation.max_length, or use strategy LongestFirst',
    })
  }
  return { A: cutList(a, first, direction), B: b === undefined ? undefined : cutList(b, second, direction) }
}

function shareRoom(first: number, second: number, room: number): [number, number] {
  const shorter = Math.min(first, second)
  const fits = shorter + Math.max(shorter, room - shorter) <= room
  const low = fits ? shorter : Math.floor(room / 2)
  return first > second ? [room - low, low] : [low, room - low]
}

function cutList(list: TokenList, length: number, direction: 'Left' | 'Right'): TokenList {
  const from = direction === 'Right' ? 0 : list.ids.length - length
  return {
    ids: list.ids.slice(from, from + length),
    tokens: list.tokens.slice(from, from + length),
    offsets: list.offsets.slice(2 * from, 2 * (from + length)),
    words: list.words.slice(from, from + length),
  }
}

/** Fills encodings to the length that the settings ask for. */
export function pad(encodings: readonly Encoding[], settings: PaddingJson): readonly Encoding[] {
  const { strategy, pad_to_multiple_of: multiple } = settings
  const longest = encodings.reduce((most, { ids }) => Math.max(most, ids.length), 0)
  const asked = strategy === 'BatchLongest' ? longest : strategy.Fixed
  const length = multiple === null ? asked : Math.ceil(asked / multiple) * multiple
  return encodings.map(encoding => padTo(encoding, length, settings))
}

function padTo(encoding: Encoding, length: number, settings: PaddingJson): Encoding {
  const missing = length - encoding.ids.length
  if (missing <= 0) return encoding
  const at = settings.direction === 'Right' ? 0 : missing
  const filled = <Numbers extends Int32Array | Uint8Array>(
    out: Numbers,
    values: Numbers,
    fill: number,
    width = 1,
  ) => {
    out.fill(fill)
    out.set(values, at * width)
    return out
  }
  const padding = new Array<string>(missing).fill(settings.pad_token)
  return {
    ids: filled(new Int32Array(length), encoding.ids, settings.pad_id),
    tokens: at === 0 ? [...encoding.tokens, ...padding] : [...padding, ...encoding.tokens],
    offsets: filled(new Int32Array(2 * length), encoding.offsets, 0, 2),
    wordIndex: filled(new Int32Array(length), encoding.wordIndex, -1),
    typeIds: filled(new Uint8Array(length), encoding.typeIds, settings.pad_type_id),
    attentionMask: filled(new Uint8Array(length), encoding.attentionMask, 0),
  }
}
