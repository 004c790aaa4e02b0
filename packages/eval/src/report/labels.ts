/** Labels at the ends of lines: close to where the line ends, never on each other. */

/**
 * Vertical places, in the order given, as near to the wanted ones as `gap` between neighbours and the bounds allow. When
 * they cannot all fit, they share the room evenly.
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  if (wanted.length === 0) return []
  const room = Math.min(gap, wanted.length > 1 ? (high - low) / (wanted.length - 1) : gap)
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]! || a - b)
  const places = order.map(index => Math.min(high, Math.max(low, wanted[index]!)))
  for (let index = 1; index < places.length; index++) {
    places[index] = Math.max(places[index]!, places[index - 1]! + room)
  }
  places[places.length - 1] = Math.min(places.at(-1)!, high)
  for (let index = places.length - 2; index >= 0; index--) {
    places[index] = Math.min(places[index]!, places[index + 1]! - room)
  }
  const result: number[] = new Array(wanted.length)
  order.forEach((index, place) => {
    result[index] = places[place]!
  })
  return result
}

/** Text of at most `limit` characters, an ellipsis in place of what is cut: the end, or the middle of a path. */
export function shorten(text: string, limit: number, cut: 'end' | 'middle' = 'end'): string {
  const characters = [...text]
  if (characters.length <= limit) return text
  if (cut === 'end') return `${characters.slice(0, limit - 1).join('')}…`
  const head = Math.floor((limit - 1) / 3)
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (limit - 1 - head)).join('')}`
}
