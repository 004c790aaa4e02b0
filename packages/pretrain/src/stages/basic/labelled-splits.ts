/** Files of an artefact of labelled texts: `train.jsonl`, `valid.jsonl`, `test.jsonl`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ElmanError, writeFileAtomically } from '@elman/core'
import type { SplitName } from '@elman/text'
import { type LabelledText, readLabelledTexts } from '../../ulmfit/labelled-texts.ts'

/** Labelled texts by split. */
export type LabelledSplits = { readonly [name in SplitName]?: readonly LabelledText[] | undefined }

/** The texts of a split; undefined when there is no such file. @throws `LABELLED_TEXT_INVALID` */
export async function readLabelledSplit(
  folder: string,
  split: SplitName,
): Promise<readonly LabelledText[] | undefined> {
  const path = join(folder, `${split}.jsonl`)
  return existsSync(path) ? readLabelledTexts(path) : undefined
}

/**
 * Writes labelled texts as the files of an artefact, and gives its facts.
 *
 * @throws `LABELLED_ID_TWICE` when an id is not the only one of its kind: predictions are told apart by it
 */
export async function writeLabelledSplits(folder: string, splits: LabelledSplits) {
  const seen = new Map<string, string>()
  const texts: Record<string, number> = {}
  const labels = new Set<string>()
  for (const [split, list] of Object.entries(splits)) {
    if (list === undefined) continue
    for (const { id, label } of list) {
      const earlier = seen.get(id)
      if (earlier !== undefined) throw idTwice(id, earlier, split)
      seen.set(id, split)
      labels.add(label)
    }
    const lines = list.map(text => `${JSON.stringify(text)}\n`)
    await writeFileAtomically(join(folder, `${split}.jsonl`), lines.join(''))
    texts[split] = list.length
  }
  return { labels: [...labels].sort(), texts }
}

function idTwice(id: string, one: string, other: string): ElmanError {
  return new ElmanError('LABELLED_ID_TWICE', {
    message: `two labelled texts have the id ${JSON.stringify(id)}`,
    found: one === other ? `both in ${one}` : `in ${one} and in ${other}`,
    hint: 'give each text an id of its own, or leave the ids out: the numbers of the lines are taken',
  })
}
