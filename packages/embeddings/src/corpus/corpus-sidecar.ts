import { readFile } from 'node:fs/promises'
import { ElmanError, writeFileAtomically } from '@elman/core'
import { z } from 'zod'

/** Form of the sidecar. */
const sidecarSchema = z.strictObject({
  format: z.literal('elman-encoded-corpus'),
  version: z.literal(1),
  ids: z.int().min(0),
  tokens: z.int().min(0),
  sentences: z.int().min(0),
  cutSentences: z.int().min(0),
  sha256: z.string(),
  words: z.int().min(0),
  vocabulary: z.string(),
  options: z.string(),
  text: z.strictObject({ bytes: z.int().min(0), sha256: z.string() }),
})

/** Path of the sidecar of an encoded corpus. */
export function sidecarOf(path: string): string {
  return `${path}.json`
}

/** What the sidecar tells, without its format. */
type CorpusDescription = Omit<z.infer<typeof sidecarSchema>, 'format' | 'version'>

/** Writes the sidecar of an encoded corpus, atomically. @throws `FILE_UNWRITABLE` */
export async function writeSidecar(path: string, description: CorpusDescription): Promise<void> {
  const sidecar = { format: 'elman-encoded-corpus', version: 1, ...description }
  await writeFileAtomically(sidecarOf(path), `${JSON.stringify(sidecar, null, 2)}\n`)
}

/** Reads the sidecar of an encoded corpus. @throws `EMBEDDING_CORPUS_UNREADABLE` */
export async function readSidecar(path: string): Promise<CorpusDescription> {
  const sidecar = sidecarOf(path)
  const text = await readFile(sidecar, 'utf8').catch(() => undefined)
  if (text === undefined) throw corpusUnreadable(sidecar, 'the sidecar of an encoded corpus', 'none')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw corpusUnreadable(sidecar, 'JSON', (error as Error).message)
  }
  const parsed = sidecarSchema.safeParse(json)
  if (parsed.success) {
    const { format, version, ...description } = parsed.data
    return description
  }
  const [issue] = parsed.error.issues
  throw corpusUnreadable(
    sidecar,
    'the sidecar of an encoded corpus',
    `${issue!.path.join('.')}: ${issue!.message}`,
  )
}

/** The error for an encoded corpus that is not whole. */
export function corpusUnreadable(path: string, expected: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_CORPUS_UNREADABLE', {
    message: 'an encoded corpus cannot be used',
    expected,
    found,
    where: path,
    hint: 'encode the text again',
  })
}
