/** Predictions of texts: JSON Lines with id, label and, where there are such, probabilities by label; in input order. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, fileError, writeFileAtomically } from '@elman/core'
import { z } from 'zod'

/** File of an artefact of kind `predictions`. */
export const PREDICTIONS_FILE = 'predictions.jsonl'

const schema = z.looseObject({
  id: z.string(),
  label: z.string(),
  probabilities: z.record(z.string(), z.number()).optional(),
})

/** What a model says of a text. */
export interface LabelledPrediction {
  readonly id: string
  readonly label: string
  /** By label. */
  readonly probabilities?: Readonly<Record<string, number>> | undefined
}

/** Writes predictions into the folder of an artefact, in their order. @throws `FILE_UNWRITABLE` */
export async function writePredictions(
  folder: string,
  predictions: readonly LabelledPrediction[],
): Promise<void> {
  const lines = predictions.map(prediction => `${JSON.stringify(prediction)}\n`)
  await writeFileAtomically(join(folder, PREDICTIONS_FILE), lines.join(''))
}

/** Reads the predictions of an artefact. @throws `PREDICTIONS_INVALID`, `FILE_UNREADABLE` */
export async function readPredictions(folder: string): Promise<LabelledPrediction[]> {
  const path = join(folder, PREDICTIONS_FILE)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  const lines = text.split('\n').filter(line => line !== '')
  return lines.map((line, index) => {
    const parsed = schema.safeParse(jsonOf(line))
    if (parsed.success) return parsed.data
    throw new ElmanError('PREDICTIONS_INVALID', {
      message: 'a line is no prediction',
      expected: '{ "id": "…", "label": "…" }, with "probabilities" by label where there are such',
      found: line.slice(0, 80),
      where: `${path}, line ${index + 1}`,
    })
  })
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
