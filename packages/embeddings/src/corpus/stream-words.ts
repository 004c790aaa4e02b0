import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import { createByteTokenizer, type TokenSink } from './byte-tokenizer.ts'
import { readText } from './read-text.ts'
import { invalidOption, resolveTextOptions, type TextOptions } from './text-options.ts'

/** Who is told, and who may stop it. */
export interface StreamOptions extends TextOptions {
  /** Is told about the bytes of the files that were read. */
  readonly onProgress?: OnProgress | undefined
  /** Stops the work; its reason is thrown and nothing is left behind. */
  readonly signal?: AbortSignal | undefined
}

/** What a text was made of. */
export interface TextIdentity {
  /** Bytes of the text, decompressed. */
  readonly bytes: number
  /** SHA-256 of the text, decompressed; of several files, of the list of their hashes, one a line. */
  readonly sha256: string
}

/**
 * Sends the words of files to a sink, joined into phrases if so asked, in constant memory. Yields after every piece of
 * text (a few hundred thousand bytes), so that the sink's work can be taken away; returns what the text was.
 *
 * @param phase - Name of the work, for progress.
 * @throws `TEXT_FILE_UNREADABLE`, `EMBEDDING_GZIP_DAMAGED`, `EMBEDDING_WORD_TOO_LONG`, `EMBEDDING_TEXT_ENCODING`,
 *   `EMBEDDING_OPTION_INVALID`, and the signal's reason
 */
export async function* streamWords(
  paths: readonly string[],
  options: StreamOptions,
  sink: TokenSink,
  phase: string,
): AsyncGenerator<void, TextIdentity> {
  if (!Array.isArray(paths)) throw invalidOption('paths', 'a list of file names', typeof paths)
  const { signal } = options
  const text = resolveTextOptions(options)
  let current = ''
  const joined = text.phrases === undefined ? sink : text.phrases.filter(sink)
  const tokenizer = createByteTokenizer(text, joined, () => current)
  const report = createProgressMeter(phase, 'bytes', await totalSize(paths), options.onProgress)
  const hashes: string[] = []
  let before = 0
  let bytes = 0
  for (const path of paths) {
    current = path
    const hash = createHash('sha256')
    let read = 0
    const onPosition = (position: number): void => {
      read = position
      report(before + read)
    }
    for await (const piece of readText(path, { hash, signal, onPosition })) {
      bytes += piece.length
      tokenizer.push(piece)
      yield
    }
    tokenizer.endFile()
    yield
    before += read
    hashes.push(hash.digest('hex'))
  }
  return { bytes, sha256: hashes.length === 1 ? hashes[0]! : hashOfHashes(hashes) }
}

function hashOfHashes(hashes: readonly string[]): string {
  return createHash('sha256')
    .update(hashes.map(hash => `${hash}\n`).join(''))
    .digest('hex')
}

/** Bytes of all files together; a missing one is told about when it is its turn. */
async function totalSize(paths: readonly string[]): Promise<number> {
  let total = 0
  for (const path of paths) total += (await stat(path).catch(() => undefined))?.size ?? 0
  return total
}
