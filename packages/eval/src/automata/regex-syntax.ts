/**
 * The syntax of regular expressions over named symbols.
 *
 * `ab` one after the other · `a|b` either · `a*` any number · `a+` at least one · `a?` at most one · `( )` groups, and
 * `()` is the empty word · `.` any symbol · `[abc]` one of them, `[^abc]` any other, `[a-c]` a range in the order of
 * the alphabet · `<name>` a symbol whose name has several characters · `\*` the character itself. Blanks do not count.
 */
import { ElmanError } from '@elman/core'

/** A parsed expression. */
export type Expression =
  | { readonly type: 'empty' }
  | { readonly type: 'symbols'; readonly symbols: readonly number[] }
  | { readonly type: 'sequence' | 'choice'; readonly parts: readonly Expression[] }
  | { readonly type: 'repeat'; readonly part: Expression; readonly least: 0 | 1; readonly many: boolean }

const REPEATS: Readonly<Record<string, { least: 0 | 1; many: boolean }>> = {
  '*': { least: 0, many: true },
  '+': { least: 1, many: true },
  '?': { least: 0, many: false },
}

/**
 * Parses an expression over an alphabet.
 *
 * @throws ElmanError `REGEX_INVALID`, with the place, where it breaks the syntax or names no symbol.
 */
export function parseRegex(pattern: string, alphabet: readonly string[]): Expression {
  const characters = [...pattern]
  let at = 0
  const fail = (message: string, place = at, hint?: string): never => {
    throw new ElmanError('REGEX_INVALID', {
      message,
      where: `character ${place + 1} of the expression\n    ${pattern}\n    ${' '.repeat(place)}^`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
  const peek = (): string | undefined => {
    while (characters[at] !== undefined && /\s/.test(characters[at]!)) at++
    return characters[at]
  }
  const symbolNamed = (name: string, place: number): number => {
    const symbol = alphabet.indexOf(name)
    if (symbol >= 0) return symbol
    return fail(`there is no symbol ${JSON.stringify(name)}`, place, `symbols: ${alphabet.join(' ')}`)
  }
  const symbol = (): number => {
    const place = at
    const character = characters[at++]!
    if (character === '\\') {
      const escaped = characters[at++]
      return escaped === undefined ? fail('the expression ends after \\', place) : symbolNamed(escaped, place)
    }
    if (character !== '<') return symbolNamed(character, place)
    let name = ''
    while (characters[at] !== '>') {
      if (characters[at] === '\\') at++
      if (at >= characters.length) fail('< is not closed', place)
      name += characters[at++]
    }
    at++
    return symbolNamed(name, place)
  }
  const characterClass = (): Expression => {
    const place = at++
    const others = peek() === '^'
    if (others) at++
    const chosen = new Set<number>()
    while (peek() !== ']') {
      if (peek() === undefined) fail('[ is not closed', place)
      const from = at
      const first = symbol()
      let last = first
      if (peek() === '-') {
        at++
        if (peek() === undefined || peek() === ']') fail('the range has no end', from)
        last = symbol()
        if (last < first) fail('the range runs backwards in the alphabet', from)
      }
      for (let own = first; own <= last; own++) chosen.add(own)
    }
    at++
    return { type: 'symbols', symbols: [...alphabet.keys()].filter(own => chosen.has(own) !== others) }
  }
  const atom = (): Expression => {
    const character = characters[at]!
    if (character === '(') {
      const place = at++
      const inner = choice()
      if (peek() !== ')') fail('( is not closed', place)
      at++
      return inner
    }
    if (character === '[') return characterClass()
    if (character in REPEATS) fail(`${character} has nothing before it to repeat`)
    if (character === ']') fail('] closes nothing')
    if (character === '.') {
      at++
      return { type: 'symbols', symbols: [...alphabet.keys()] }
    }
    return { type: 'symbols', symbols: [symbol()] }
  }
  const sequence = (): Expression => {
    const parts: Expression[] = []
    for (let next = peek(); next !== undefined && next !== '|' && next !== ')'; next = peek()) {
      let part = atom()
      for (let sign = peek(); sign !== undefined && sign in REPEATS; sign = peek()) {
        part = { type: 'repeat', part, ...REPEATS[sign]! }
        at++
      }
      parts.push(part)
    }
    if (parts.length === 0) return { type: 'empty' }
    return parts.length === 1 ? parts[0]! : { type: 'sequence', parts }
  }
  const choice = (): Expression => {
    const parts = [sequence()]
    while (peek() === '|') {
      at++
      parts.push(sequence())
    }
    return parts.length === 1 ? parts[0]! : { type: 'choice', parts }
  }
  const whole = choice()
  if (peek() !== undefined) fail(`${peek()} closes nothing`)
  return whole
}
