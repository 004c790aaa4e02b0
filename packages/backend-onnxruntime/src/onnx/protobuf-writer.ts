// Writes the protobuf wire format into one growing buffer. It knows tags, varints and lengths, nothing of ONNX.
// Lengths of nested messages are written canonically: one byte is kept free and the body moved when it needs more.

const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED_32 = 5
const TWO_32 = 2 ** 32

/** An append-only protobuf message. Fields appear in the order of the calls. */
export class ProtobufWriter {
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView
  #length = 0

  /** @param capacity - bytes to start with; the buffer doubles when full. */
  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(Math.max(16, capacity))
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length
  }

  /** What was written, without copying: valid until the next call. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }

  /** An int64 or enum field; negative numbers take ten bytes, as the format wants. */
  integer(field: number, value: number | bigint): void {
    this.#tag(field, VARINT)
    if (typeof value === 'number') this.#varint(value)
    else this.#bigVarint(value)
  }

  /** A packed repeated int64 field; nothing is written when it is empty. */
  integers(field: number, values: readonly (number | bigint)[]): void {
    if (values.length === 0) return
    this.message(field, () => {
      for (const value of values) {
        if (typeof value === 'number') this.#varint(value)
        else this.#bigVarint(value)
      }
    })
  }

  /** A float field. */
  float(field: number, value: number): void {
    this.#tag(field, FIXED_32)
    this.#reserve(4)
    this.#view.setFloat32(this.#length, value, true)
    this.#length += 4
  }

  /** A packed repeated float field; nothing is written when it is empty. */
  floats(field: number, values: readonly number[]): void {
    if (values.length === 0) return
    this.#tag(field, LENGTH_DELIMITED)
    this.#varint(values.length * 4)
    this.#reserve(values.length * 4)
    for (const value of values) {
      this.#view.setFloat32(this.#length, value, true)
      this.#length += 4
    }
  }

  /** A string field in UTF-8. */
  string(field: number, text: string): void {
    this.#tag(field, LENGTH_DELIMITED)
    if (this.#ascii(text)) return
    const bytes = new TextEncoder().encode(text)
    this.#varint(bytes.length)
    this.#append(bytes)
  }

  /** A bytes field. */
  bytes(field: number, bytes: Uint8Array): void {
    this.#tag(field, LENGTH_DELIMITED)
    this.#varint(bytes.length)
    this.#append(bytes)
  }

  /** A nested message: `write` appends its fields to this writer. */
  message(field: number, write: () => void): void {
    this.#tag(field, LENGTH_DELIMITED)
    this.#reserve(1)
    const start = ++this.#length
    write()
    const size = this.#length - start
    const extra = varintBytes(size) - 1
    if (extra > 0) {
      this.#reserve(extra)
      this.#bytes.copyWithin(start + extra, start, this.#length)
    }
    this.#length = start - 1
    this.#varint(size)
    this.#length += size
  }

  #ascii(text: string): boolean {
    const size = text.length
    this.#reserve(size + 5)
    const start = this.#length
    this.#varint(size)
    const bytes = this.#bytes
    let at = this.#length
    for (let i = 0; i < size; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) {
        this.#length = start
        return false
      }
      bytes[at++] = code
    }
    this.#length = at
    return true
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType)
  }

  #varint(value: number): void {
    this.#reserve(10)
    if (value < 0) {
      this.#bigVarint(BigInt(value))
      return
    }
    let high = Math.floor(value / TWO_32)
    let low = value >>> 0
    while (high > 0) {
      this.#bytes[this.#length++] = (low & 0x7f) | 0x80
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    while (low > 127) {
      this.#bytes[this.#length++] = (low & 0x7f) | 0x80
      low >>>= 7
    }
    this.#bytes[this.#length++] = low
  }

  #bigVarint(value: bigint): void {
    this.#reserve(10)
    let rest = BigInt.asUintN(64, value)
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.#length++] = Number(rest)
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
