/**
 * The form of FLaRe's languages: a machine, a membership test written without it, and a sampler of words by length or
 * by a range of lengths.
 */
import type { WordCounts } from '../../automata/word-counts.ts'
import type { Draws } from '../../languages/draws.ts'
import type { Language, Level, Need, Recognition, Word } from '../../languages/language.ts'
import type { Machine } from '../../languages/machine.ts'
import type { Difference, LengthRange } from '../protocol.ts'
import { flareExample } from './sampling.ts'

/** One of the 18 languages. */
export interface FlareLanguage extends Language {
  readonly recognition: Recognition
  /** The name of its folder in the released data: `marked-copy`. */
  readonly name: string
  readonly original: boolean
  readonly differences: readonly Difference[]
  /** Whether it has words of a length. */
  hasPositive(length: number): boolean
  /** A word of the language whose length is in a range, drawn as FLaRe draws it. */
  positive(draws: Draws, range: LengthRange): Word
}

/** What a language is made of. */
export interface FlareParts {
  readonly name: string
  readonly title: string
  readonly level: Level
  readonly need: Need
  readonly alphabet: readonly string[]
  readonly differences?: readonly Difference[]
  readonly machine: Machine
  /** Membership by definition. */
  contains(word: Word): boolean
  hasPositive(length: number): boolean
  /** Whether there are words of a length that are not in the language; from length 1 on unless given. */
  hasNegative?(length: number): boolean
  /** A word of a length that has one. */
  ofLength(draws: Draws, length: number): readonly number[] | Word
  /** A word whose length is in a range; unless given its length is uniform among those that have one. */
  inRange?(draws: Draws, range: LengthRange): readonly number[] | Word
}

/** A language with the views `recognise`, `dense` and `next-symbol`; originals have ids of their own. */
export function flareLanguageOf(parts: FlareParts, original: boolean): FlareLanguage {
  const { hasNegative = length => length >= 1 } = parts
  const inRange =
    parts.inRange ??
    ((draws, range) => {
      const lengths: number[] = []
      for (let length = range.from; length <= range.to; length++)
        if (parts.hasPositive(length)) lengths.push(length)
      return parts.ofLength(draws, lengths[draws.below(lengths.length)]!)
    })
  const positive = (draws: Draws, range: LengthRange) =>
    Uint8Array.from(range.from === range.to ? parts.ofLength(draws, range.from) : inRange(draws, range))
  const language: FlareLanguage = {
    id: `flare-${parts.name}${original ? '-original' : ''}`,
    name: parts.name,
    title: parts.title,
    level: parts.level,
    need: parts.need,
    alphabet: parts.alphabet,
    trainSize: 40,
    hasSize: size => parts.hasPositive(size) && hasNegative(size),
    lengthOf: size => size,
    views: ['recognise', 'dense', 'next-symbol'],
    original,
    differences: parts.differences ?? [],
    hasPositive: length => parts.hasPositive(length),
    positive,
    recognition: {
      classes: ['no', 'yes'],
      machine: parts.machine,
      classOf: word => Number(parts.contains(word)),
      sample: at => flareExample(language, { from: at.size, to: at.size }, at),
      samplePositive: at => flareExample(language, { from: at.size, to: at.size }, at, { label: 1 }).word,
    },
  }
  return language
}

/** Length tests and draws of a language whose words an automaton counts: every word of a length equally likely. */
export function countedBy(
  counts: WordCounts,
): Pick<FlareParts, 'hasPositive' | 'hasNegative' | 'ofLength'> & Required<Pick<FlareParts, 'hasNegative'>> {
  return {
    hasPositive: length => counts.count(1, length) > 0n,
    hasNegative: length => counts.count(0, length) > 0n,
    ofLength: (draws, length) => counts.sample(1, length, draws),
  }
}
