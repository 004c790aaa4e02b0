import { ElmanError } from '@elman/core'

/** Ids of one block: 256 KiB. */
const BLOCK = 1 << 16
/** Most ids of one text: an Int32Array of 8 GiB. */
const MAXIMUM_IDS = 2 ** 31 - 1

/** A list of ids that grows by blocks, so that nothing is copied until the end. */
export interface IdBuffer {
  push(id: number): void
  readonly length: number
  /** All ids as one array; the buffer is empty afterwards. */
  take(): Int32Array
}

/** An empty {@link IdBuffer}. `push` throws `TEXT_TOO_MANY_TOKENS` beyond 2^31 − 1 ids. */
export function createIdBuffer(): IdBuffer {
  let blocks: Int32Array[] = []
  let current = new Int32Array(BLOCK)
  let used = 0
  return {
    get length() {
      return blocks.length * BLOCK + used
    },
    push(id) {
      if (used === BLOCK) {
        blocks.push(current)
        if (blocks.length * BLOCK > MAXIMUM_IDS - BLOCK) throw tooMany()
        current = new Int32Array(BLOCK)
        used = 0
      }
      current[used++] = id
    },
    take() {
      const all = new Int32Array(blocks.length * BLOCK + used)
      blocks.forEach((block, index) => {
        all.set(block, index * BLOCK)
      })
      all.set(current.subarray(0, used), blocks.length * BLOCK)
      blocks = []
      used = 0
      return all
    },
  }
}

function tooMany(): ElmanError {
  return new ElmanError('TEXT_TOO_MANY_TOKENS', {
    message: `a split of more than ${MAXIMUM_IDS} tokens does not fit one array of ids`,
    hint: 'divide the corpus into several, or use unit "word"',
  })
}
