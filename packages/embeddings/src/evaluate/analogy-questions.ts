import { ElmanError } from '@elman/core'
import { describeLines, linesOf, nameOfSet, readText } from './similarity-set.ts'

/** `a` is to `b` as `c` is to `expected`. */
export interface AnalogyItem {
  readonly a: string
  readonly b: string
  readonly c: string
  readonly expected: string
}

/** Questions of one kind. */
export interface AnalogySection {
  readonly name: string
  /** Syntactic if the name begins with `gram` and a digit, the word2vec tool's custom; else semantic. */
  readonly kind: 'semantic' | 'syntactic'
  /** In the order of the file; questions that it has twice are here twice, as published figures count them. */
  readonly questions: readonly AnalogyItem[]
}

/** Analogy questions, as questions-words.txt of the word2vec tool. */
export interface AnalogyQuestions {
  /** File name without its ending. */
  readonly name: string
  readonly sections: readonly AnalogySection[]
  /** Numbers, from 1, of lines that are neither a question nor a heading nor empty; they were left out. */
  readonly unreadableLines: readonly number[]
}

/**
 * Reads analogy questions: UTF-8, four words a line with white space between; a line that begins with a colon names
 * the section of those after it. Questions before the first such line are in a section without name.
 *
 * @throws `EMBEDDING_ANALOGIES_EMPTY` when no line is a question, `FILE_UNREADABLE`
 */
export async function readAnalogies(path: string): Promise<AnalogyQuestions> {
  return parseAnalogies(await readText(path), nameOfSet(path), path)
}

/** The same of a text. `where` names it in errors. */
export function parseAnalogies(text: string, name: string, where = name): AnalogyQuestions {
  const sections: { name: string; kind: AnalogySection['kind']; questions: AnalogyItem[] }[] = []
  const unreadableLines: number[] = []
  const open = (heading: string) => {
    const section = { name: heading, kind: kindOf(heading), questions: [] as AnalogyItem[] }
    sections.push(section)
    return section
  }
  for (const { line, number } of linesOf(text)) {
    const words = line.trim().split(/\s+/)
    if (line.startsWith(':')) open(line.slice(1).trim())
    else if (words.length !== 4) unreadableLines.push(number)
    else {
      const [a, b, c, expected] = words as [string, string, string, string]
      const section = sections.at(-1) ?? open('')
      section.questions.push({ a, b, c, expected })
    }
  }
  if (sections.some(({ questions }) => questions.length > 0)) return { name, sections, unreadableLines }
  throw new ElmanError('EMBEDDING_ANALOGIES_EMPTY', {
    message: 'no line is an analogy',
    expected: 'lines as "Athens Greece Oslo Norway", in sections that begin with a line as ": capitals"',
    found: describeLines(text, unreadableLines),
    where,
  })
}

function kindOf(name: string): AnalogySection['kind'] {
  return /^gram\d/.test(name) ? 'syntactic' : 'semantic'
}
