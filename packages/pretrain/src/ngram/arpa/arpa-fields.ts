/** The fields of a line: a log-probability, words, perhaps a back-off weight; divided by spaces and tabs. */
import { type ArpaFailure, MAXIMUM_ARPA_ORDER, quoted } from './arpa-header.ts'

/** Fields of one line, used again for the next. */
export class ArpaFields {
  /** Number of fields of the line. */
  count = 0
  #bytes: Buffer = Buffer.alloc(0)
  readonly #begins = new Int32Array(MAXIMUM_ARPA_ORDER + 3)
  readonly #ends = new Int32Array(MAXIMUM_ARPA_ORDER + 3)

  /** Divides a line; fields beyond those that any line may have are counted, not kept. */
  divide(bytes: Buffer, begin: number, end: number): void {
    this.#bytes = bytes
    this.count = 0
    for (let at = begin; at < end; ) {
      if (isBlank(bytes[at]!)) {
        at++
        continue
      }
      const from = at
      while (at < end && !isBlank(bytes[at]!)) at++
      if (this.count < this.#begins.length) {
        this.#begins[this.count] = from
        this.#ends[this.count] = at
      }
      this.count++
    }
  }

  /** Bytes of a field as Latin-1 characters: a key for maps, whatever the bytes are. */
  key(index: number): string {
    return this.#bytes.toString('latin1', this.#begins[index], this.#ends[index])
  }

  /** Text of a field, which is UTF-8. @throws `ARPA_LINE_INVALID` */
  text(index: number, failure: ArpaFailure): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        this.#bytes.subarray(this.#begins[index], this.#ends[index]),
      )
    } catch {
      throw failure('ARPA_LINE_INVALID', 'a word is not UTF-8', { found: quoted(this.key(index)) })
    }
  }

  /**
   * A logarithm; `-inf` is −Infinity.
   *
   * @param what - `log-probability` or `back-off weight`.
   * @throws `ARPA_LINE_INVALID`
   */
  logarithm(index: number, what: string, failure: ArpaFailure): number {
    const text = this.key(index)
    const value = /^-inf(inity)?$/i.test(text)
      ? Number.NEGATIVE_INFINITY
      : /^[-+.\d][-+.\deE]*$/.test(text)
        ? Number(text)
        : Number.NaN
    if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) {
      throw failure('ARPA_LINE_INVALID', `the ${what} is not a number`, { found: quoted(text) })
    }
    return value
  }
}

function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9
}
