import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, sha256OfFile, writeFileAtomically } from '@elman/core'
import { z } from 'zod'
import type { GloveMemory } from './glove-model.ts'
import { type GloveSettings, gloveSettings } from './glove-settings.ts'

const checkpointFile = z.strictObject({
  format: z.literal('elman-glove-checkpoint'),
  version: z.literal(1),
  words: z.int(),
  cooccurrences: z.string(),
  settings: gloveSettings,
  /** Mean cost of each iteration done. */
  costs: z.array(z.number()),
  state: z.strictObject({ file: z.string().regex(/^glove-\d+\.bin$/), bytes: z.int(), sha256: z.string() }),
})

/** What a checkpoint is of. */
export interface GloveTask {
  readonly words: number
  /** SHA-256 of the file of co-occurrences. */
  readonly cooccurrences: string
  readonly settings: GloveSettings
}

const NAME = 'glove.json'
const PIECE = 1 << 20

/** Puts the model after an iteration into a folder; the one before is removed when the new one is whole. */
export async function writeGloveCheckpoint(
  folder: string,
  task: GloveTask,
  { rows }: GloveMemory,
  costs: readonly number[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = `glove-${costs.length}.bin`
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)
  function* pieces() {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.slice(at, at + PIECE)
  }
  const state = { file, ...(await writeFileAtomically(join(folder, file), pieces())) }
  const content = { format: 'elman-glove-checkpoint', version: 1, ...task, costs, state }
  await writeFileAtomically(join(folder, NAME), `${JSON.stringify(content, null, 2)}\n`)
  for (const name of await readdir(folder))
    if (/^glove-\d+\.bin$/.test(name) && name !== file) await rm(join(folder, name))
}

/**
 * Reads the model of a checkpoint, if there is one, into the memory.
 *
 * @returns The mean costs of the iterations that were done.
 * @throws `EMBEDDING_GLOVE_CHECKPOINT_OTHER` when it is of another task, `EMBEDDING_GLOVE_CHECKPOINT_DAMAGED`.
 */
export async function readGloveCheckpoint(
  folder: string,
  task: GloveTask,
  { rows }: GloveMemory,
): Promise<number[] | undefined> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(error => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const parsed = checkpointFile.safeParse(parse(text))
  if (!parsed.success) throw damaged(join(folder, NAME), z.prettifyError(parsed.error))
  const { settings, words, cooccurrences, costs, state } = parsed.data
  checkTask(folder, task, { settings, words, cooccurrences })
  const path = join(folder, state.file)
  const found = await sha256OfFile(path)
  if (found.bytes !== rows.byteLength || found.sha256 !== state.sha256)
    throw damaged(path, `${found.bytes} bytes, SHA-256 ${found.sha256}`)
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)
  const file = await open(path, 'r')
  try {
    const piece = new Uint8Array(PIECE)
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(piece, 0, Math.min(PIECE, bytes.length - at), at)
      if (bytesRead === 0) throw damaged(path, `${at} bytes`)
      bytes.set(piece.subarray(0, bytesRead), at)
      at += bytesRead
    }
  } finally {
    await file.close()
  }
  return costs
}

/** All must be the same but the number of iterations. */
function checkTask(folder: string, wanted: GloveTask, found: GloveTask): void {
  const flat = ({ settings, ...rest }: GloveTask): Record<string, unknown> => ({
    ...rest,
    ...settings,
    iterations: undefined,
  })
  const [expected, there] = [flat(wanted), flat(found)]
  const different = Object.keys(expected).filter(name => expected[name] !== there[name])
  if (different.length === 0) return
  throw new ElmanError('EMBEDDING_GLOVE_CHECKPOINT_OTHER', {
    message: 'the checkpoint in this folder is of another training',
    expected: different.map(name => `${name} ${expected[name]}`).join(', '),
    found: different.map(name => `${name} ${there[name]}`).join(', '),
    where: folder,
    hint: 'use another folder, or go on with the options that the training began with',
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function damaged(where: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_GLOVE_CHECKPOINT_DAMAGED', {
    message: 'the checkpoint cannot be used',
    expected: 'what its description tells',
    found,
    where,
    hint: 'remove the folder to begin again',
  })
}
