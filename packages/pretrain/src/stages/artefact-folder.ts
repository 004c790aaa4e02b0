/**
 * Artefacts on the disk: `artefact.json` says what the folder is and holds length and hash of every other file, so that
 * a changed, shortened, lost or added file is found.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  checkJson,
  ElmanError,
  fileError,
  hashConfig,
  sha256OfFile,
  type WrittenFile,
  writeFileAtomically,
} from '@elman/core'
import { z } from 'zod'
import type { Artefact, ArtefactFacts } from './artefact.ts'

/** Name of the file that says what an artefact is. */
export const ARTEFACT_FILE = 'artefact.json'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 has 64 hexadecimal digits')

const cardSchema = z.strictObject({
  format: z.literal('elman-artefact'),
  version: z.literal(1),
  kind: z.string().min(1),
  schema: z.int().min(1),
  config: z.string(),
  facts: z.looseObject({
    vocabulary: z.string().optional(),
    tokenizer: z.string().optional(),
    direction: z.enum(['forward', 'backward', 'both']).optional(),
    keyMap: z.record(z.string(), z.string()).optional(),
  }),
  files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256 })),
  hash: sha256,
})

type Card = z.output<typeof cardSchema>

/** What a new artefact says of itself. */
export interface NewArtefact {
  readonly kind: string
  /** Version of the form of its files; 1 unless given. */
  readonly schema?: number
  /** Hash of the complete config that made it. */
  readonly config: string
  readonly facts: ArtefactFacts
}

/**
 * Makes a folder with files an artefact: hashes them and writes `artefact.json`.
 *
 * @throws `JSON_NOT_PLAIN` for facts that are not data, `FILE_UNREADABLE`, `FILE_UNWRITABLE`
 */
export async function writeArtefact(
  folder: string,
  { kind, schema = 1, config, facts }: NewArtefact,
): Promise<Artefact> {
  const path = resolve(folder)
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  checkJson(known, 'facts')
  const files: Record<string, WrittenFile> = {}
  for (const name of await filesOf(path)) files[name] = await sha256OfFile(join(path, name))
  const said = { kind, schema, config, facts: known, files }
  const hash = hashConfig(said)
  const card = { format: 'elman-artefact', version: 1, ...said, hash }
  await writeFileAtomically(join(path, ARTEFACT_FILE), `${JSON.stringify(card, null, 1)}\n`)
  return { kind, schema, path, hash, config, facts: known as ArtefactFacts }
}

/**
 * What the card of an artefact says. Files are not read: {@link verifyArtefact} does that.
 *
 * @throws `ARTEFACT_NOT_FOUND`; `ARTEFACT_DAMAGED` when the card is none or was changed
 */
export async function readArtefact(folder: string): Promise<Artefact> {
  return artefactOf(resolve(folder), await readCard(resolve(folder)))
}

/**
 * Reads an artefact and all its files, and compares them with the card.
 *
 * @throws `ARTEFACT_NOT_FOUND`; `ARTEFACT_DAMAGED` with every file that is not as it was written
 */
export async function verifyArtefact(folder: string): Promise<Artefact> {
  const path = resolve(folder)
  const card = await readCard(path)
  const found = new Set(await filesOf(path))
  const problems: string[] = []
  for (const [name, { bytes, sha256: expected }] of Object.entries(card.files)) {
    if (!found.delete(name)) problems.push(`${name} is missing`)
    else {
      const { size } = await stat(join(path, name))
      if (size !== bytes) problems.push(`${name} has ${size} bytes, not ${bytes}`)
      else if ((await sha256OfFile(join(path, name))).sha256 !== expected)
        problems.push(`${name} has another content`)
    }
  }
  for (const name of found) problems.push(`${name} was added`)
  if (problems.length === 0) return artefactOf(path, card)
  throw damaged(path, problems.join('; '))
}

function artefactOf(path: string, { kind, schema, hash, config, facts }: Card): Artefact {
  return { kind, schema, path, hash, config, facts: facts as ArtefactFacts }
}

async function readCard(path: string): Promise<Card> {
  const file = join(path, ARTEFACT_FILE)
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path, `${ARTEFACT_FILE} is not JSON: ${error.message}`)
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fileError('read', file, error)
    throw new ElmanError('ARTEFACT_NOT_FOUND', {
      message: 'there is no artefact',
      expected: `a folder with ${ARTEFACT_FILE}`,
      where: path,
      hint: 'artefacts are the folders under stages/NAME/result of a pipeline',
    })
  }
  const parsed = cardSchema.safeParse(value)
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0]!
    throw damaged(path, `${ARTEFACT_FILE}, ${place.join('.') || 'the whole'}: ${message}`)
  }
  const { kind, schema, config, facts, files, hash } = parsed.data
  if (hashConfig({ kind, schema, config, facts, files }) === hash) return parsed.data
  throw damaged(path, `${ARTEFACT_FILE} was changed: its hash does not fit`)
}

/** Paths of all files but the card, with `/`, sorted. */
async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry =>
      join(entry.parentPath, entry.name)
        .slice(path.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter(name => name !== ARTEFACT_FILE)
    .sort()
}

function damaged(where: string, found: string): ElmanError {
  return new ElmanError('ARTEFACT_DAMAGED', {
    message: 'an artefact is not as it was written',
    found,
    where,
    hint: 'put the files back, or delete the result of the stage: the pipeline makes it again',
  })
}
