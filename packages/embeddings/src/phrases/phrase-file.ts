import { readFile } from 'node:fs/promises'
import { ElmanError, writeFileAtomically } from '@elman/core'
import { z } from 'zod'
import { type Phrase, PhraseModel } from './phrase-model.ts'

/** A word as text; as base64 where its bytes are not UTF-8. */
const word = z.union([z.string().min(1), z.strictObject({ base64: z.base64().min(1) })])

const phraseFile = z.strictObject({
  format: z.literal('elman-phrases'),
  version: z.literal(1),
  delimiter: z.string(),
  /** Pairs of each pass with their scores. */
  passes: z.array(z.array(z.tuple([word, word, z.number()]))),
})

/** Writes a phrase model as JSON, a phrase a line, atomically. @throws `FILE_UNWRITABLE` */
export async function writePhrases(path: string, model: PhraseModel): Promise<void> {
  await writeFileAtomically(path, pieces(model))
}

function* pieces({ delimiter, passes }: PhraseModel): Generator<Uint8Array> {
  const head = { format: 'elman-phrases', version: 1, delimiter }
  yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},"passes":[`)
  for (const [pass, phrases] of passes.entries()) {
    yield Buffer.from(pass === 0 ? '[' : ',[')
    for (let begin = 0; begin < phrases.length; begin += 4096) {
      const lines = phrases.slice(begin, begin + 4096).map(phrase => `\n${JSON.stringify(lineOf(phrase))}`)
      yield Buffer.from(`${begin === 0 ? '' : ','}${lines.join(',')}`)
    }
    yield Buffer.from(']')
  }
  yield Buffer.from(']}\n')
}

function lineOf({ left, right, score }: Phrase): z.input<typeof phraseFile>['passes'][number][number] {
  return [wordOf(left), wordOf(right), score]
}

function wordOf(bytes: Uint8Array): z.input<typeof word> {
  const buffer = Buffer.from(bytes)
  const text = buffer.toString('utf8')
  return Buffer.from(text).equals(buffer) ? text : { base64: buffer.toString('base64') }
}

/** Reads what {@link writePhrases} wrote. @throws `EMBEDDING_PHRASES_UNREADABLE` */
export async function readPhrases(path: string): Promise<PhraseModel> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw unreadable(path, (error as Error).message, error)
  }
  const parsed = phraseFile.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw unreadable(path, `${issue!.path.join('.')}: ${issue!.message}`, parsed.error)
  }
  const { passes, delimiter } = parsed.data
  const phrases = passes.map(pass =>
    pass.map(([left, right, score]) => ({ left: bytesOf(left), right: bytesOf(right), score })),
  )
  return new PhraseModel(phrases, delimiter)
}

function bytesOf(value: z.output<typeof word>): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.base64, 'base64')
}

function unreadable(path: string, found: string, cause: unknown): ElmanError {
  return new ElmanError('EMBEDDING_PHRASES_UNREADABLE', {
    message: 'a file of phrases cannot be used',
    expected: 'JSON as `writePhrases` writes it',
    found,
    where: path,
    cause,
  })
}
