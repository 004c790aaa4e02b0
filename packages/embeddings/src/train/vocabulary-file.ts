/** The words of a run with their counts: `vocabulary.txt` in the form of word2vec's `-save-vocab`, a word a line. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, type Run, readRunJson, writeFileAtomically, writeRunJson } from '@elman/core'
import { z } from 'zod'
import type { EmbeddingVocabulary } from '../corpus/vocabulary.ts'
import { WordTable } from '../words/word-table.ts'

const WORDS = 'vocabulary.txt'
const TOTALS = 'vocabulary.json'

const totalsSchema = z.object({
  words: z.int().min(1),
  tokens: z.number().min(0),
  rawTokens: z.number().min(0),
  rawTypes: z.number().min(0),
})

/** Keeps the words of a run in its folder. */
export async function writeVocabulary(
  run: Pick<Run, 'path'>,
  { words, counts, tokens, rawTokens, rawTypes }: EmbeddingVocabulary,
): Promise<void> {
  await writeFileAtomically(join(run.path, WORDS), lines(words, counts))
  await writeRunJson(run, TOTALS, { words: words.count, tokens, rawTokens, rawTypes })
}

function* lines(words: WordTable, counts: Float64Array): Generator<Uint8Array> {
  for (let begin = 0; begin < words.count; begin += LINES) {
    const some: Uint8Array[] = []
    for (let index = begin; index < Math.min(words.count, begin + LINES); index++)
      some.push(words.bytesAt(index), Buffer.from(` ${counts[index]}\n`))
    yield Buffer.concat(some)
  }
}

/** Lines written at once. */
const LINES = 4096

/** Reads the words of a run. @throws `EMBEDDING_VOCABULARY_INVALID` when they are not there or damaged. */
export async function readVocabulary(run: Pick<Run, 'path'>): Promise<EmbeddingVocabulary> {
  const path = join(run.path, WORDS)
  const totals = totalsSchema.safeParse(await readRunJson(run, TOTALS))
  if (!totals.success) throw invalid(join(run.path, TOTALS), 'it is missing or not as written')
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) throw invalid(path, 'no such file')
  const { words: expected, tokens, rawTokens, rawTypes } = totals.data
  // A line has at least four bytes, which bounds what a wrong total can make us take.
  const words = new WordTable(Math.min(expected, bytes.length / 4))
  const counts: number[] = []
  for (let begin = 0; begin < bytes.length; ) {
    const end = bytes.indexOf(10, begin)
    const space = bytes.lastIndexOf(32, end - 1)
    const count = space > begin && end > space ? Number(bytes.toString('latin1', space + 1, end)) : Number.NaN
    if (!(count > 0 && words.addBytes(bytes, begin, space) === counts.length))
      throw invalid(path, `line ${counts.length + 1} is not a new word and its count`)
    counts.push(count)
    begin = end + 1
  }
  if (counts.length !== expected) throw invalid(path, `${counts.length} words in place of ${expected}`)
  return { words, counts: Float64Array.from(counts), tokens, rawTokens, rawTypes }
}

function invalid(path: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_VOCABULARY_INVALID', {
    message: 'the vocabulary of an embedding run cannot be used',
    found,
    where: path,
    hint: 'train anew from the text',
  })
}
