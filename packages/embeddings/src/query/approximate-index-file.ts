import { randomUUID } from 'node:crypto'
import { readFile, rename, rm } from 'node:fs/promises'
import { ElmanError, fileError, sha256Of, sha256OfFile, writeFileAtomically } from '@elman/core'
import { z } from 'zod'
import type { WordVectors } from '../words/word-vectors.ts'
import type { UsearchIndex } from './usearch.ts'

/**
 * What stands beside a saved index, as `<path>.json`. The library that reads an index trusts its file: it is given
 * none whose hash is not the one written here.
 */
const description = z.strictObject({
  format: z.literal('elman-approximate-index'),
  version: z.literal(1),
  words: z.int().positive(),
  dimensions: z.int().positive(),
  connectivity: z.int().positive(),
  precision: z.enum(['f32', 'f16', 'i8']),
  /** SHA-256 of the index file. */
  sha256: z.string(),
  /** SHA-256 of the matrix of the vectors, little-endian float32. */
  vectors: z.string(),
})

/** What must be known of an index to load it. */
export type IndexShape = Pick<z.infer<typeof description>, 'connectivity' | 'precision'>

/** Writes an index and its description; a stop in between leaves a pair that is refused. @throws `FILE_UNWRITABLE` */
export async function saveIndex(
  path: string,
  index: UsearchIndex,
  vectors: WordVectors,
  { connectivity, precision }: IndexShape,
): Promise<void> {
  const temporary = `${path}.tmp-${randomUUID()}`
  try {
    index.save(temporary)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw fileError('write', path, error)
  }
  const { sha256 } = await sha256OfFile(path)
  const content: z.infer<typeof description> = {
    ...{
      format: 'elman-approximate-index',
      version: 1,
      words: vectors.count,
      dimensions: vectors.dimensions,
    },
    ...{ connectivity, precision, sha256, vectors: fingerprint(vectors) },
  }
  await writeFileAtomically(`${path}.json`, `${JSON.stringify(content, undefined, 2)}\n`)
}

/**
 * Checks that a saved index is whole, and that of these vectors; says how it was built.
 *
 * @throws `FILE_UNREADABLE`, `EMBEDDING_INDEX_DAMAGED`, `EMBEDDING_INDEX_MISMATCH`
 */
export async function checkSavedIndex(path: string, vectors: WordVectors): Promise<IndexShape> {
  const text = await readFile(`${path}.json`, 'utf8').catch(error => {
    throw fileError('read', `${path}.json`, error)
  })
  const parsed = description.safeParse(jsonOf(text))
  if (!parsed.success) throw damaged(`${path}.json`, 'what stands beside it does not describe an index')
  const found = parsed.data
  if (found.words !== vectors.count || found.dimensions !== vectors.dimensions)
    throw mismatch(path, vectors, `${found.words} words, ${found.dimensions} numbers each`)
  if (found.vectors !== fingerprint(vectors)) throw mismatch(path, vectors, 'as many, but with other numbers')
  const { sha256 } = await sha256OfFile(path)
  if (sha256 !== found.sha256) throw damaged(path, 'its bytes are not those that were written')
  return found
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fingerprint({ matrix }: WordVectors): string {
  return sha256Of(new Uint8Array(matrix.buffer, matrix.byteOffset, matrix.byteLength))
}

function mismatch(where: string, vectors: WordVectors, found: string): ElmanError {
  return new ElmanError('EMBEDDING_INDEX_MISMATCH', {
    message: 'this is not the index of these vectors',
    expected: `the index of ${vectors.count} words, ${vectors.dimensions} numbers each`,
    found,
    where,
  })
}

function damaged(where: string, reason: string): ElmanError {
  return new ElmanError('EMBEDDING_INDEX_DAMAGED', {
    message: `the index cannot be loaded: ${reason}`,
    where,
    hint: 'build it again from its vectors',
  })
}
