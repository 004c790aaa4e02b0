import { didYouMean } from './did-you-mean.ts'

/**
 * The line that follows a wrong name: the nearest right one, and all of them.
 *
 * @param word what was written
 * @param names what could have been written, in the order to show
 * @param label what the names are, such as `options` or `cells`
 */
export function suggestion(word: string, names: readonly string[], label: string): string {
  if (names.length === 0) return `there are no ${label}`
  const nearest = didYouMean(word, names)
  const list = `${label}: ${names.join(', ')}`
  return nearest === undefined ? list : `did you mean ${nearest}?   (${list})`
}

/** The plural of a kind's name for lists: `cell` gives `cells`, `strategy` gives `strategies`. */
export function plural(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`
  return /(s|x|ch|sh)$/.test(kind) ? `${kind}es` : `${kind}s`
}

/** `1 plugin`, `3 plugins`. */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : plural(noun)}`
}
