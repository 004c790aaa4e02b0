/** A command's argument that names word vectors: a file in any known format, or the folder of an embedding run. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ElmanError } from '@elman/core'
import {
  FASTTEXT_MAGIC,
  type FastTextModel,
  readFastText,
  readWordVectors,
  VECTORS_FILE,
  WORD_VECTOR_FORMATS,
  type WordVectorFormat,
  type WordVectors,
} from '@elman/embeddings'
import { showPhases } from './phases.ts'
import type { Terminal } from './terminal.ts'

/** Vectors that a command was pointed at. */
export interface NamedVectors {
  /** What to call them: the path as given. */
  readonly name: string
  readonly vectors: WordVectors
  /** The model that spells unknown words, where the file is one. */
  readonly fastText?: FastTextModel
}

/** How to read. */
export interface ReadFlags {
  /** Only so many words, the first of the file. */
  readonly limit?: number | undefined
  /** Format of the file, where its content does not tell. */
  readonly from?: string | undefined
}

/** Reads the vectors of a file or of a finished run, with progress; what was repaired is told. */
export async function readVectors(
  path: string,
  terminal: Terminal,
  { limit, from }: ReadFlags = {},
): Promise<NamedVectors> {
  const phases = showPhases(terminal)
  const onProgress = phases.progress
  try {
    const model = fastTextFile(path, from)
    if (model !== undefined && limit === undefined) {
      const fastText = await readFastText(model, { onProgress })
      return { name: path, vectors: fastText.vectors, fastText }
    }
    const { vectors, report } = await readWordVectors(vectorsFile(path), {
      onProgress,
      ...(limit === undefined ? {} : { limit }),
      ...(from === undefined ? {} : { format: checkFormat(from) }),
    })
    for (const warning of report.warnings) phases.line(`${path}: ${warning}`)
    return { name: path, vectors }
  } finally {
    phases.finish()
  }
}

/** A format by its name. @throws `CLI_VECTOR_FORMAT` */
export function checkFormat(name: string): WordVectorFormat {
  const format = WORD_VECTOR_FORMATS.find(known => known === name)
  if (format !== undefined) return format
  throw new ElmanError('CLI_VECTOR_FORMAT', {
    message: `there is no format of word vectors called "${name}"`,
    expected: `one of ${WORD_VECTOR_FORMATS.join(', ')}`,
  })
}

/** The file of a fastText model, where the path is one or a run that made one. */
function fastTextFile(path: string, from: string | undefined): string | undefined {
  const inRun = join(path, 'model.bin')
  if (isRun(path)) return existsSync(inRun) ? inRun : undefined
  if (from !== undefined) return from === 'fasttext-bin' ? path : undefined
  return startsWithMagic(path) ? path : undefined
}

/** The file itself, or that of a run. @throws `CLI_VECTORS_UNFINISHED` */
function vectorsFile(path: string): string {
  if (!isRun(path)) return path
  const file = join(path, VECTORS_FILE)
  if (existsSync(file)) return file
  throw new ElmanError('CLI_VECTORS_UNFINISHED', {
    message: 'this embedding run has no vectors yet',
    where: path,
    hint: `finish it: elman embed resume ${path}`,
  })
}

function isRun(path: string): boolean {
  return existsSync(join(path, 'config.json')) && statSync(path).isDirectory()
}

/** Whether a file begins as a fastText .bin does. */
function startsWithMagic(path: string): boolean {
  if (!existsSync(path) || !statSync(path).isFile()) return false
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(4)
    return readSync(file, head, 0, 4, 0) === 4 && head.readInt32LE(0) === FASTTEXT_MAGIC
  } finally {
    closeSync(file)
  }
}
