/** Files of texts with labels and of sentences with tags: JSON Lines. */
import { ElmanError } from '@elman/core'
import { z } from 'zod'
import { linesOfFile } from '../../stages/basic/lines-of-file.ts'

const labelled = z.looseObject({
  id: z.string(),
  text: z.string(),
  pair: z.string().optional(),
  label: z.string(),
})
const tagged = z
  .looseObject({ id: z.string(), words: z.array(z.string()).min(1), tags: z.array(z.string()) })
  .refine(({ words, tags }) => words.length === tags.length, 'there is not one tag for each word')

/** A text, or a pair of texts, with its class. */
export interface LabelledPair {
  readonly id: string
  readonly text: string
  readonly pair?: string | undefined
  readonly label: string
}

/** A sentence with a class for each word. */
export interface TaggedSentence {
  readonly id: string
  readonly words: readonly string[]
  readonly tags: readonly string[]
}

/** Lines of `{ "id", "text", "label" }`, with `pair` where there is a second text. @throws `LABELLED_TEXT_INVALID` */
export function readLabelledPairs(path: string): Promise<LabelledPair[]> {
  const expected = '{ "id": "…", "text": "…", "label": "…" }, with "pair" for a second text'
  return readLines(path, labelled, line => {
    return new ElmanError('LABELLED_TEXT_INVALID', {
      message: 'a line is no labelled text',
      expected,
      ...line,
    })
  })
}

/** Lines of `{ "id", "words", "tags" }`. @throws `TAGGED_SENTENCE_INVALID` */
export function readTaggedSentences(path: string): Promise<TaggedSentence[]> {
  const expected = '{ "id": "…", "words": ["…"], "tags": ["…"] } with as many tags as words'
  return readLines(path, tagged, line => {
    return new ElmanError('TAGGED_SENTENCE_INVALID', {
      message: 'a line is no tagged sentence',
      expected,
      ...line,
    })
  })
}

async function readLines<Value>(
  path: string,
  schema: z.ZodType<Value>,
  refuse: (line: { readonly found: string; readonly where: string }) => ElmanError,
): Promise<Value[]> {
  const lines = await linesOfFile(path)
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    const parsed = schema.safeParse(jsonOf(line))
    if (parsed.success) return [parsed.data]
    throw refuse({ found: line.slice(0, 80), where: `${path}, line ${index + 1}` })
  })
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
