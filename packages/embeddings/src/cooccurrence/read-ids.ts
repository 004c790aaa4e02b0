import { open } from 'node:fs/promises'
import { ElmanError } from '@elman/core'

/** A text as int32 ids in a file, −1 after each sentence; `EncodedCorpus` is one. */
export interface IdFile {
  readonly path: string
  /** Numbers in the file, sentence ends included. */
  readonly ids: number
}

const PIECE_IDS = 1 << 18

/**
 * The ids of a file in pieces of about a quarter of a million; a piece is good until the next is asked for.
 *
 * @throws `EMBEDDING_IDS_INVALID` when the file is shorter than it should be.
 */
export async function* readIds(corpus: IdFile, signal?: AbortSignal): AsyncGenerator<Int32Array> {
  const file = await open(corpus.path, 'r')
  try {
    const bytes = new Uint8Array(PIECE_IDS * 4)
    for (let done = 0; done < corpus.ids; ) {
      signal?.throwIfAborted()
      const wanted = Math.min(PIECE_IDS, corpus.ids - done) * 4
      let got = 0
      while (got < wanted) {
        const { bytesRead } = await file.read(bytes, got, wanted - got, done * 4 + got)
        if (bytesRead === 0) throw tooShort(corpus, done + (got >> 2))
        got += bytesRead
      }
      yield new Int32Array(bytes.buffer, 0, wanted / 4)
      done += wanted / 4
    }
  } finally {
    await file.close()
  }
}

function tooShort({ path, ids }: IdFile, found: number): ElmanError {
  return new ElmanError('EMBEDDING_IDS_INVALID', {
    message: 'the encoded corpus ends too early',
    expected: `${ids} ids`,
    found: `${found}`,
    where: path,
    hint: 'encode the corpus again',
  })
}
