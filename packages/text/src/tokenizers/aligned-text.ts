/**
 * Text that has been rewritten, and knows for each of its UTF-16 units which range of the original it came from.
 *
 * Most texts pass a tokenizer unchanged; for them nothing is stored but where they begin.
 */

/** A text with its origin. */
export interface AlignedText {
  readonly text: string
  /** Place in the original of the first unit; every unit follows unless `begins` and `ends` say otherwise. */
  readonly start: number
  /** Range of the original of each unit, where the text was rewritten. */
  readonly begins?: Int32Array
  readonly ends?: Int32Array
}

/** The original itself. */
export function alignedText(text: string): AlignedText {
  return { text, start: 0 }
}

/** Begin in the original of the unit at `at`; at the end of the text the end of what is before it. */
export function beginOf(aligned: AlignedText, at: number): number {
  if (aligned.begins === undefined) return aligned.start + at
  if (at < aligned.begins.length) return aligned.begins[at]!
  return at === 0 ? aligned.start : aligned.ends![at - 1]!
}

/** End in the original of what stands before `at`. */
export function endOf(aligned: AlignedText, at: number): number {
  if (aligned.ends === undefined) return aligned.start + at
  return at === 0 ? beginOf(aligned, 0) : aligned.ends[at - 1]!
}

/** A part of the text; arrays are shared, not copied. */
export function sliceAligned(aligned: AlignedText, from: number, to: number): AlignedText {
  const text = aligned.text.slice(from, to)
  if (aligned.begins === undefined) return { text, start: aligned.start + from }
  return {
    text,
    start: beginOf(aligned, from),
    begins: aligned.begins.subarray(from, to),
    ends: aligned.ends!.subarray(from, to),
  }
}

/** Builds the rewritten form of a text, piece after piece. */
export interface Rewriter {
  /** Keeps units `from` … `to - 1` as they are. */
  keep(from: number, to: number): void
  /** Puts `text` in the place of units `from` … `to - 1`; each new unit stands for the whole range. */
  put(text: string, from: number, to: number): void
  finish(): AlignedText
}

/** Starts to rewrite a text from left to right. */
export function rewrite(aligned: AlignedText): Rewriter {
  const parts: string[] = []
  const begins: number[] = []
  const ends: number[] = []
  return {
    keep(from, to) {
      if (to <= from) return
      parts.push(aligned.text.slice(from, to))
      for (let at = from; at < to; at++) {
        begins.push(beginOf(aligned, at))
        ends.push(endOf(aligned, at + 1))
      }
    },
    put(text, from, to) {
      parts.push(text)
      const begin = beginOf(aligned, from)
      const end = to > from ? endOf(aligned, to) : begin
      for (let at = 0; at < text.length; at++) {
        begins.push(begin)
        ends.push(end)
      }
    },
    finish() {
      const start = begins[0] ?? aligned.start
      return { text: parts.join(''), start, begins: Int32Array.from(begins), ends: Int32Array.from(ends) }
    },
  }
}

/**
 * Replaces every match of a global expression.
 *
 * @param replacement - Text in the place of a match; undefined keeps it.
 */
export function replaceAligned(
  aligned: AlignedText,
  pattern: RegExp,
  replacement: (match: RegExpMatchArray) => string | undefined,
): AlignedText {
  let rewriter: Rewriter | undefined
  let done = 0
  for (const match of aligned.text.matchAll(pattern)) {
    const text = replacement(match)
    if (text === undefined || text === match[0]) continue
    rewriter ??= rewrite(aligned)
    rewriter.keep(done, match.index)
    done = match.index + match[0].length
    rewriter.put(text, match.index, done)
  }
  if (rewriter === undefined) return aligned
  rewriter.keep(done, aligned.text.length)
  return rewriter.finish()
}
