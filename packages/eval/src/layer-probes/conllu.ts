/** CoNLL-U, the format of Universal Dependencies: words and their tags, sentence by sentence. */
import { readFile } from 'node:fs/promises'
import { ElmanError, fileError } from '@elman/core'

/** A sentence with its tags. */
export interface TaggedSentence {
  /** From `# sent_id`; else the number of the sentence, from 1. */
  readonly id: string
  /** Syntactic words: the parts of a multiword token, not the token; no empty nodes. */
  readonly words: readonly string[]
  /** Universal tags, one a word. */
  readonly upos: readonly string[]
  /** Tags of the treebank's own set; `_` where a word has none. */
  readonly xpos: readonly string[]
}

const COLUMNS = 10

/**
 * Reads CoNLL-U (universaldependencies.org/format.html). Multiword tokens (`1-2`) and empty nodes (`1.1`) are checked
 * and left out: tags belong to syntactic words.
 *
 * @param where - Name of the file, for errors.
 * @throws `CONLLU_INVALID` with the line
 */
export function parseConllu(text: string, where: string): TaggedSentence[] {
  const sentences: TaggedSentence[] = []
  let open: { id?: string; words: string[]; upos: string[]; xpos: string[] } | undefined
  const lines = text.replace(/^\uFEFF/u, '').split('\n')
  const finish = (line: number) => {
    if (open === undefined) return
    if (open.words.length === 0) throw invalid(where, line, 'a sentence without words', 'at least one word')
    const { id = String(sentences.length + 1), ...rest } = open
    sentences.push({ id, ...rest })
    open = undefined
  }
  for (const [index, raw] of lines.entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    const number = index + 1
    if (line === '') {
      finish(number)
      continue
    }
    open ??= { words: [], upos: [], xpos: [] }
    if (line.startsWith('#')) {
      if (open.words.length > 0) throw invalid(where, number, line, 'comments before the words of a sentence')
      const id = /^#\s*sent_id\s*=\s*(\S.*?)\s*$/u.exec(line)?.[1]
      if (id !== undefined) open.id = id
      continue
    }
    const columns = line.split('\t')
    if (columns.length !== COLUMNS || columns.some(column => column === '')) {
      throw invalid(where, number, line, `${COLUMNS} columns between tabs, none empty`)
    }
    const [id, form, , upos, xpos] = columns as [string, string, string, string, string]
    const next = open.words.length + 1
    if (/^[0-9]+\.[1-9][0-9]*$/.test(id)) {
      if (Number.parseInt(id, 10) !== next - 1) throw invalid(where, number, id, `${next - 1}.1, …`)
      continue
    }
    const range = /^([1-9][0-9]*)-([1-9][0-9]*)$/.exec(id)
    if (range !== null) {
      const [start, end] = [Number(range[1]), Number(range[2])]
      if (start !== next || end < start) throw invalid(where, number, id, `a range that begins with ${next}`)
      continue
    }
    if (id !== String(next)) throw invalid(where, number, id, `word ${next}`)
    if (upos === '_') throw invalid(where, number, '_ as the universal tag', 'a tag such as NOUN')
    open.words.push(form)
    open.upos.push(upos)
    open.xpos.push(xpos)
  }
  finish(lines.length)
  return sentences
}

/** Reads a file. @throws `FILE_UNREADABLE`, `CONLLU_INVALID` */
export async function readConllu(path: string): Promise<TaggedSentence[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  return parseConllu(text, path)
}

function invalid(where: string, line: number, found: string, expected: string): ElmanError {
  return new ElmanError('CONLLU_INVALID', {
    message: `line ${line} is not CoNLL-U`,
    expected,
    found: found.length > 80 ? `${found.slice(0, 80)}…` : found,
    where: `${where}, line ${line}`,
  })
}
