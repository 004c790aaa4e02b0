/** Labelled texts: JSON Lines of `{ id, text, label }`, and the forms of three public sets. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, fileError } from '@elman/core'

/** A text with its class. */
export interface LabelledText {
  readonly id: string
  readonly text: string
  readonly label: string
  /** Second text, for classes of pairs; stages that read one text pass it over. */
  readonly pair?: string | undefined
  /** Fold of a set that is cut into some, from 0. */
  readonly fold?: number | undefined
}

/** Folds of sets for cross-validation. */
export const FOLDS = 10

/**
 * TREC-6 (Li & Roth 2002): `train.txt` and `test.txt` with lines `COARSE:fine question`, in Latin-1. The label is the
 * coarse class.
 *
 * @throws `LABELLED_TEXT_INVALID`, `FILE_UNREADABLE`
 */
export async function readTrec(
  folder: string,
): Promise<{ readonly train: readonly LabelledText[]; readonly test: readonly LabelledText[] }> {
  const read = async (split: string) => {
    const path = join(folder, `${split}.txt`)
    return (await linesOf(path, 'latin1')).map((line, index): LabelledText => {
      const [, label, text] = /^([A-Z]+):\S+ (.*)$/.exec(line) ?? []
      if (label === undefined || text === undefined) throw invalid(path, index, 'COARSE:fine question', line)
      return { id: `${split}-${index + 1}`, text: text.trim(), label }
    })
  }
  return { train: await read('train'), test: await read('test') }
}

/**
 * Sentence polarity (Pang & Lee 2005): `rt-polarity.pos` and `rt-polarity.neg`, a snippet a line. Folds, which the set
 * has not of its own, go round by the number of the line.
 *
 * @throws `FILE_UNREADABLE`
 */
export async function readPolarity(folder: string): Promise<readonly LabelledText[]> {
  const read = async (label: string) =>
    (await linesOf(join(folder, `rt-polarity.${label}`), 'utf8')).map(
      (line, index): LabelledText => ({
        id: `${label}-${index + 1}`,
        text: line.trim(),
        label,
        fold: index % FOLDS,
      }),
    )
  return [...(await read('pos')), ...(await read('neg'))]
}

/**
 * Movie reviews (Pang & Lee 2004): `reviews.jsonl` with the authors' ten folds.
 *
 * @throws `LABELLED_TEXT_INVALID`, `FILE_UNREADABLE`
 */
export function readMovieReviews(folder: string): Promise<readonly LabelledText[]> {
  return readLabelledTexts(join(folder, 'reviews.jsonl'))
}

/**
 * JSON Lines of `{ "id", "text", "label" }`, with `fold` where there is one.
 *
 * @throws `LABELLED_TEXT_INVALID`, `FILE_UNREADABLE`
 */
export async function readLabelledTexts(path: string): Promise<readonly LabelledText[]> {
  return (await linesOf(path, 'utf8')).map((line, index): LabelledText => {
    const { id, text, label, pair, fold } = parsed(line)
    if (typeof id !== 'string' || typeof text !== 'string' || typeof label !== 'string')
      throw invalid(path, index, '{ "id": "…", "text": "…", "label": "…" }', line)
    return {
      id,
      text,
      label,
      ...(typeof pair === 'string' ? { pair } : {}),
      ...(typeof fold === 'number' ? { fold } : {}),
    }
  })
}

/** The texts of all folds but one to train on, and those of that one to test. */
export function foldOf(
  texts: readonly LabelledText[],
  fold: number,
): { readonly train: readonly LabelledText[]; readonly test: readonly LabelledText[] } {
  return { train: texts.filter(text => text.fold !== fold), test: texts.filter(text => text.fold === fold) }
}

async function linesOf(path: string, encoding: 'latin1' | 'utf8'): Promise<string[]> {
  try {
    const lines = (await readFile(path, encoding)).split(/\r?\n/)
    return lines.filter(line => line.trim() !== '')
  } catch (error) {
    throw fileError('read', path, error)
  }
}

function parsed(line: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as { [name: string]: unknown }) : {}
  } catch {
    return {}
  }
}

function invalid(path: string, index: number, expected: string, line: string): ElmanError {
  return new ElmanError('LABELLED_TEXT_INVALID', {
    message: 'a line is no labelled text',
    expected,
    found: line.slice(0, 80),
    where: `${path}, line ${index + 1} of those with text`,
  })
}
