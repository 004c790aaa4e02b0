/**
 * A text as the ids of its words: a file of int32 (little-endian), −1 behind each sentence, and beside it a JSON file
 * that tells what it was made of.
 */
import { rm, stat } from 'node:fs/promises'
import { ElmanError, sha256OfFile, writeFileAtomically } from '@elman/core'
import { readBytes } from '@elman/text'
import { corpusUnreadable, readSidecar, sidecarOf, writeSidecar } from './corpus-sidecar.ts'
import { createIdWriter, SENTENCE_END } from './id-writer.ts'
import { type StreamOptions, streamWords, type TextIdentity } from './stream-words.ts'
import { hashTextOptions, invalidOption, resolveTextOptions, type TextOptions } from './text-options.ts'
import { type EmbeddingVocabulary, hashWords } from './vocabulary.ts'

/** An encoded corpus on the disk. */
export interface EncodedCorpus {
  /** File of ids; the sidecar is `path + '.json'`. */
  readonly path: string
  /** int32s in the file: tokens + sentences. */
  readonly ids: number
  /** Words in it. */
  readonly tokens: number
  /** Sentences in it, pieces of cut ones counted each. */
  readonly sentences: number
  /** Sentences of the text that were longer than `maximumSentence` and were cut. */
  readonly cutSentences: number
  /** SHA-256 of the file. */
  readonly sha256: string
  /** Words of the vocabulary: ids are smaller. */
  readonly words: number
  /** Hash of the vocabulary's words in their order. */
  readonly vocabulary: string
  /** Hash of the text options. */
  readonly options: string
  /** What text it was made of. */
  readonly text: TextIdentity
}

/**
 * Writes a text as ids of a vocabulary. The file appears when it is whole, its sidecar after it; memory does not
 * depend on the length of the text.
 *
 * @param options - Those that the words were counted with.
 * @throws `EMBEDDING_CORPUS_EMPTY` when the text has no word of the vocabulary, `FILE_UNWRITABLE`, and what
 *   `countWords` throws
 */
export async function encodeCorpus(
  paths: readonly string[],
  vocabulary: Pick<EmbeddingVocabulary, 'words'>,
  targetPath: string,
  options: StreamOptions = {},
): Promise<EncodedCorpus> {
  const { maximumSentence } = resolveTextOptions(options)
  const writer = createIdWriter(vocabulary.words, maximumSentence)
  const stream = streamWords(paths, options, writer, 'encode')
  let text: TextIdentity | undefined
  async function* blocks(): AsyncGenerator<Uint8Array> {
    try {
      for (let next = await stream.next(); ; next = await stream.next()) {
        const ids = writer.take()
        if (ids.length > 0) yield new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)
        if (!next.done) continue
        text = next.value
        break
      }
    } finally {
      await stream.return({ bytes: 0, sha256: '' })
    }
    if (writer.tokens === 0) throw emptyCorpus(paths)
    await rm(sidecarOf(targetPath), { force: true }) // it would describe what is about to be replaced
  }
  const { bytes, sha256 } = await writeFileAtomically(targetPath, blocks())
  const description = {
    ids: bytes / 4,
    tokens: writer.tokens,
    sentences: writer.sentences,
    cutSentences: writer.cutSentences,
    sha256,
    words: vocabulary.words.count,
    vocabulary: hashWords(vocabulary.words),
    options: hashTextOptions(options),
    text: text!,
  }
  await writeSidecar(targetPath, description)
  return { path: targetPath, ...description }
}

/** What an encoded corpus must have been made with to be of use; what is not given is not checked. */
export interface CorpusExpectation {
  readonly vocabulary?: Pick<EmbeddingVocabulary, 'words'> | undefined
  readonly options?: TextOptions | undefined
  /** Read the whole file and compare its hash; off unless given. */
  readonly verify?: boolean | undefined
}

/**
 * Opens an encoded corpus: the sidecar is read, and the file must be as long as it says.
 *
 * @throws `EMBEDDING_CORPUS_UNREADABLE` when one is missing or they do not fit, `EMBEDDING_CORPUS_STALE` when it was
 *   made with another vocabulary or other options
 */
export async function openEncodedCorpus(
  path: string,
  expected: CorpusExpectation = {},
): Promise<EncodedCorpus> {
  const description = await readSidecar(path)
  const { ids, tokens, sentences } = description
  const size = (await stat(path).catch(() => undefined))?.size
  if (size === undefined) throw corpusUnreadable(path, 'the file of ids', 'none')
  if (size !== ids * 4) throw corpusUnreadable(path, `${ids * 4} bytes, as its sidecar says`, `${size} bytes`)
  if (ids !== tokens + sentences) {
    throw corpusUnreadable(
      sidecarOf(path),
      'as many ids as tokens and sentences',
      `${ids} ≠ ${tokens} + ${sentences}`,
    )
  }
  if (expected.vocabulary !== undefined && hashWords(expected.vocabulary.words) !== description.vocabulary)
    throw stale(path, 'another vocabulary')
  if (expected.options !== undefined && hashTextOptions(expected.options) !== description.options)
    throw stale(path, 'other text options')
  if (expected.verify) {
    const { sha256 } = await sha256OfFile(path)
    if (sha256 !== description.sha256) throw corpusUnreadable(path, `SHA-256 ${description.sha256}`, sha256)
  }
  return { path, ...description }
}

/** A part of an encoded corpus, in int32s from its start: whole sentences. */
export interface CorpusShard {
  readonly begin: number
  /** One past the last: just behind an end mark. */
  readonly end: number
  /** Words in it. */
  readonly tokens: number
}

/**
 * Divides a corpus into parts of about the same length on sentence boundaries; together they are the whole. With more
 * parts than sentences some are empty. Every id is looked at on the way, so that what trains on the parts need not.
 *
 * @throws `EMBEDDING_CORPUS_UNREADABLE` for an id that is no word, or a file that is not as long as it was,
 *   `EMBEDDING_OPTION_INVALID`, `TEXT_FILE_UNREADABLE`
 */
export async function shardCorpus(
  corpus: Pick<EncodedCorpus, 'path' | 'ids' | 'words'>,
  shards: number,
): Promise<readonly CorpusShard[]> {
  if (!(Number.isInteger(shards) && shards > 0))
    throw invalidOption('shards', 'an integer of at least 1', String(shards))
  const { path, words } = corpus
  const parts: CorpusShard[] = []
  let begin = 0
  let ends = 0
  let at = 0
  let last = SENTENCE_END
  const cut = (): void => {
    parts.push({ begin, end: at, tokens: at - begin - ends })
    begin = at
    ends = 0
  }
  for await (const ids of readIds(corpus)) {
    for (let i = 0; i < ids.length; i++) {
      last = ids[i]!
      if (last < SENTENCE_END || last >= words)
        throw corpusUnreadable(path, `ids from ${SENTENCE_END} to ${words - 1}`, `${last} at byte ${at * 4}`)
      at++
      if (last !== SENTENCE_END) continue
      ends++
      // The first end mark behind the ideal cut; a long sentence may run over several of those.
      while (parts.length < shards - 1 && at >= ((parts.length + 1) * corpus.ids) / shards) cut()
    }
  }
  if (at !== corpus.ids) throw corpusUnreadable(path, `${corpus.ids} ids`, `${at} ids`)
  if (last !== SENTENCE_END) throw corpusUnreadable(path, `${SENTENCE_END} at the end`, String(last))
  while (parts.length < shards) cut()
  return parts
}

/** The ids of a corpus, or of the part from `begin` to `end`, in pieces; each is good until the next is asked for. */
export async function* readIds(
  corpus: Pick<EncodedCorpus, 'path' | 'ids'>,
  {
    begin = 0,
    end = corpus.ids,
    blockIds = 1 << 16,
  }: { begin?: number; end?: number; blockIds?: number } = {},
): AsyncGenerator<Int32Array> {
  const block = new Int32Array(blockIds)
  const bytes = new Uint8Array(block.buffer)
  let held = 0
  for await (const piece of readBytes(corpus.path, {
    start: begin * 4,
    end: end * 4,
    chunkBytes: blockIds * 4,
  })) {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(piece.length - at, bytes.length - held)
      bytes.set(piece.subarray(at, at + taken), held)
      at += taken
      const whole = (held + taken) >> 2
      const rest = held + taken - whole * 4
      if (whole > 0) yield block.subarray(0, whole)
      bytes.copyWithin(0, whole * 4, whole * 4 + rest)
      held = rest
    }
  }
}

function stale(path: string, what: string): ElmanError {
  return new ElmanError('EMBEDDING_CORPUS_STALE', {
    message: `the encoded corpus was made with ${what}`,
    where: path,
    hint: 'encode the text again',
  })
}

function emptyCorpus(paths: readonly string[]): ElmanError {
  return new ElmanError('EMBEDDING_CORPUS_EMPTY', {
    message: 'the text has no word of the vocabulary',
    where: paths.join(', '),
    hint: 'was the vocabulary made with the same options (lowercase, wordsOnly, phrases)?',
  })
}
