/**
 * Finds where a text stops being JSON. `JSON.parse` knows, but its message names the place only sometimes, and in words
 * that change between versions of Node.
 */

/** A place in a text, both from 1, and what is wrong there. */
export interface JsonFault {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** The first fault of a text that `JSON.parse` refuses, or undefined when the text is JSON. */
export function findJsonFault(text: string): JsonFault | undefined {
  const scanner = new Scanner(text)
  try {
    scanner.document()
    return undefined
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault
    const before = text.slice(0, fault.offset).split('\n')
    return { line: before.length, column: before.at(-1)!.length + 1, message: fault.message }
  }
}

class Fault extends Error {
  readonly offset: number
  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /[A-Za-z_$][\w$]*/y
/** Deeper than any config; keeps a hostile text from exhausting the stack. */
const MAX_DEPTH = 500

class Scanner {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
  }

  document(): void {
    this.value(0)
    if (this.at < this.text.length) this.fail(`nothing may follow the value, found ${this.here()}`)
  }

  private value(depth: number): void {
    if (depth > MAX_DEPTH) this.fail('values are nested too deeply')
    this.space()
    const first = this.text[this.at]
    if (first === '{') this.list('}', depth, true)
    else if (first === '[') this.list(']', depth, false)
    else if (first === '"') this.string()
    else if (first !== undefined && /[-\d]/.test(first)) this.number()
    else this.word()
    this.space()
  }

  private list(close: string, depth: number, keyed: boolean): void {
    this.at++
    this.space()
    if (this.take(close)) return
    for (;;) {
      if (keyed) this.key()
      this.value(depth + 1)
      if (this.take(close)) return
      if (!this.take(',')) this.fail(`expected "," or "${close}", found ${this.here()}`)
      this.space()
      if (this.text[this.at] === close) this.fail(`a comma may not stand before "${close}"`)
    }
  }

  private key(): void {
    this.space()
    this.refuseComment()
    if (this.text[this.at] !== '"') this.fail(`expected a key in double quotes, found ${this.here()}`)
    this.string()
    this.space()
    if (!this.take(':')) this.fail(`expected ":" after the key, found ${this.here()}`)
  }

  private string(): void {
    const start = this.at++
    for (;;) {
      const letter = this.text[this.at]
      if (letter === undefined || letter === '\n')
        throw new Fault(start, 'this string does not end on its line')
      if (letter < ' ') this.fail('a control character in a string is written as an escape, such as \\t')
      if (
        letter === '\\' &&
        !/^\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/.test(this.text.slice(this.at, this.at + 6))
      ) {
        this.fail('this escape is not known; a backslash itself is written \\\\')
      }
      this.at += letter === '\\' ? 2 : 1
      if (letter === '"') return
    }
  }

  private number(): void {
    NUMBER.lastIndex = this.at
    const match = NUMBER.exec(this.text)
    if (match === null) this.fail('this number is not complete')
    this.at += match![0].length
    if (/[\w.+]/.test(this.text[this.at] ?? '')) this.fail(`this number goes on with ${this.here()}`)
  }

  private word(): void {
    WORD.lastIndex = this.at
    const word = WORD.exec(this.text)?.[0]
    if (word === 'true' || word === 'false' || word === 'null') this.at += word.length
    else {
      this.refuseComment()
      this.fail(`expected a value, found ${word === undefined ? this.here() : `"${word}"`}`)
    }
  }

  private refuseComment(): void {
    if (/^\/[/*]/.test(this.text.slice(this.at, this.at + 2))) this.fail('JSON has no comments')
  }

  private space(): void {
    while (' \t\r\n'.includes(this.text[this.at] ?? '.')) this.at++
  }

  private take(letter: string): boolean {
    if (this.text[this.at] !== letter) return false
    this.at++
    return true
  }

  private here(): string {
    const letter = this.text[this.at]
    return letter === undefined ? 'the end of the text' : `"${letter}"`
  }

  private fail(message: string): never {
    throw new Fault(this.at, message)
  }
}
