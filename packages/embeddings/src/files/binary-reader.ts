/** Little-endian values from a stream, each checked against what the file still holds. */

import { ElmanError } from '@elman/core'
import type { ByteStream } from './byte-stream.ts'

/** Reads values one after the other. */
export class BinaryReader {
  readonly stream: ByteStream
  readonly #report: (done: number) => void

  /** @param report - Is told the position now and then. */
  constructor(stream: ByteStream, report: (done: number) => void) {
    this.stream = stream
    this.#report = report
  }

  /** Position in the file. */
  get position(): number {
    return this.stream.position
  }

  /** Bytes from here to the end of the file. */
  get rest(): number {
    return this.stream.size - this.stream.position
  }

  /** The next bytes: a view, good until the next call. @throws `EMBEDDING_FILE_TRUNCATED` */
  async take(bytes: number, what: string): Promise<Buffer> {
    this.require(bytes, what)
    if (!(await this.stream.need(bytes))) throw this.#ended(bytes, this.stream.available, what)
    const { begin, buffer } = this.stream
    this.stream.begin += bytes
    return buffer.subarray(begin, begin + bytes)
  }

  /** Fills an array with the next bytes. @throws `EMBEDDING_FILE_TRUNCATED` */
  async fill(target: Float32Array | Uint8Array, what: string): Promise<void> {
    this.require(target.byteLength, what)
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
    for (let done = 0; done < bytes.length; ) {
      const { stream } = this
      if (stream.available === 0 && !(await stream.fill())) throw this.#ended(bytes.length - done, 0, what)
      const count = Math.min(stream.available, bytes.length - done)
      bytes.set(stream.buffer.subarray(stream.begin, stream.begin + count), done)
      stream.begin += count
      done += count
      this.#report(stream.position)
    }
  }

  /** Moves on without reading. @throws `EMBEDDING_FILE_TRUNCATED` */
  async skip(bytes: number, what: string): Promise<void> {
    this.require(bytes, what)
    for (let left = bytes; left > 0; ) {
      if (this.stream.available === 0 && !(await this.stream.fill())) throw this.#ended(left, 0, what)
      const count = Math.min(this.stream.available, left)
      this.stream.begin += count
      left -= count
    }
  }

  /** A whole number of 64 bits, −1 or more, that float64 holds. */
  async int64(what: string): Promise<number> {
    return Number((await this.take(8, what)).readBigInt64LE(0))
  }

  async int32(what: string): Promise<number> {
    return (await this.take(4, what)).readInt32LE(0)
  }

  async boolean(what: string): Promise<boolean> {
    return (await this.take(1, what))[0] !== 0
  }

  /** Refuses to go on when the file does not hold so many bytes more. @throws `EMBEDDING_FILE_TRUNCATED` */
  require(bytes: number, what: string): void {
    if (bytes >= 0 && bytes <= this.rest) return
    throw this.#ended(bytes, this.rest, what)
  }

  #ended(expected: number, found: number, what: string): ElmanError {
    return new ElmanError('EMBEDDING_FILE_TRUNCATED', {
      message: `the file ends within ${what}, or a length before it is wrong`,
      expected: `${expected} bytes`,
      found: `${found} bytes`,
      where: `${this.stream.path}, byte ${this.position}`,
      hint: 'was the download cut off? Compare the size of the file with its source',
    })
  }
}
