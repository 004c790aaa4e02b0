/** Vectors of a file of sentences into a file of vectors: what `elman pretrain elmo embed` and stage `elmo-embed` do. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { type Backend, fileError } from '@elman/core'
import type { LoadedElmo } from './elmo-files.ts'
import { createSentenceEmbedder, type EmbedOptions } from './embed-sentences.ts'
import { createVectorWriter, type VectorFormat } from './vector-writers.ts'

/** What is embedded, and where the vectors go. */
export interface EmbedFileOptions extends EmbedOptions {
  readonly backend: Backend
  readonly elmo: LoadedElmo
  /** File of sentences: a line each, tokens between white space. An empty line is a sentence without tokens. */
  readonly input: string
  /** File of vectors; it appears when it is complete. */
  readonly output: string
  readonly format: VectorFormat
  /** Told every 64 sentences, and at the end. */
  readonly onProgress?: ((progress: EmbedProgress) => void) | undefined
  /** Asks to stop; nothing is left then. */
  readonly signal?: AbortSignal | undefined
}

/** How far a file is. */
export interface EmbedProgress {
  readonly sentences: number
  readonly tokens: number
  /** Share of the file's bytes that were read, 0 .. 1; lines are read ahead. */
  readonly share: number
  readonly seconds: number
}

/** What was written. */
export interface EmbedSummary extends Omit<EmbedProgress, 'share'> {
  readonly layers: number
  readonly features: number
  /** Tokens whose characters were read; the others were known. */
  readonly tokensComputed: number
}

/** Sentences between two reports. */
const REPORT = 64

/**
 * Embeds a file.
 *
 * @returns undefined when it was stopped.
 * @throws `FILE_UNREADABLE`, `FILE_UNWRITABLE`; as `createSentenceEmbedder` and its `embed`
 */
export async function embedFile(options: EmbedFileOptions): Promise<EmbedSummary | undefined> {
  const { backend, elmo, input, output, format, onProgress, signal } = options
  const start = performance.now()
  const embedder = await createSentenceEmbedder(backend, elmo, options)
  const { layers, features } = embedder
  try {
    const lines = await readLines(input)
    const writer = await createVectorWriter(output, format, { layers, features })
    let [sentences, tokens] = [0, 0]
    try {
      for await (const sentence of embedder.embed(lines.sentences())) {
        if (signal?.aborted === true) {
          await writer.discard()
          return undefined
        }
        await writer.write(sentence)
        sentences += 1
        tokens += sentence.tokens.length
        const seconds = (performance.now() - start) / 1000
        if (sentences % REPORT === 0) onProgress?.({ sentences, tokens, seconds, share: lines.share() })
      }
      await writer.close()
    } catch (error) {
      await writer.discard()
      throw error
    }
    const seconds = (performance.now() - start) / 1000
    onProgress?.({ sentences, tokens, seconds, share: 1 })
    return { sentences, tokens, seconds, layers, features, tokensComputed: embedder.tokensComputed() }
  } finally {
    await embedder.dispose()
  }
}

/** The lines of a file as sentences, and how much of it was read. */
async function readLines(path: string) {
  const { size } = await stat(path).catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  const stream = createReadStream(path)
  return {
    share: () => (size === 0 ? 1 : stream.bytesRead / size),
    async *sentences(): AsyncGenerator<readonly string[]> {
      try {
        for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
          yield line.split(/\s+/u).filter(token => token !== '')
        }
      } catch (error) {
        throw fileError('read', path, error)
      }
    },
  }
}
