/** Everything that is looked at in a folder of FLaRe's data before a network is: labels, and what shortcuts get. */
import { isElmanError } from '@elman/core'
import type { ShortcutAudit } from '../../baselines/shortcut-audit.ts'
import { auditLabels, type LabelAudit } from './audit-labels.ts'
import { flareShortcuts } from './evaluate-data.ts'
import { FLARE_SPLIT_NAMES, type FlareData, type FlareSplitName } from './layout.ts'
import { readFlareSplit } from './read-data.ts'

/** Splits of a language that could be read, and what was wrong with the others. */
export interface FlareFolder {
  readonly language: string
  readonly splits: { readonly [Name in FlareSplitName]?: FlareData }
  /** Splits that are there and cannot be read. */
  readonly damaged: readonly { readonly split: FlareSplitName; readonly message: string }[]
}

/** An audit of a language's folder. */
export interface FlareAudit {
  readonly language: string
  readonly labels: readonly LabelAudit[]
  /** Fitted to `train`; counted on `test`, or on `validation-long` where the test cannot be read. */
  readonly shortcuts?: ShortcutAudit & { readonly split: FlareSplitName }
  readonly damaged: FlareFolder['damaged']
}

/** Reads all splits of a language; those that are not there are left out. */
export async function readFlareFolder(root: string, language: string): Promise<FlareFolder> {
  const splits: { [Name in FlareSplitName]?: FlareData } = {}
  const damaged: { split: FlareSplitName; message: string }[] = []
  for (const split of FLARE_SPLIT_NAMES) {
    try {
      splits[split] = await readFlareSplit(root, language, split)
    } catch (error) {
      if (!isElmanError(error) || !error.code.startsWith('FLARE_')) throw error
      if (error.code !== 'FLARE_FILE_MISSING') damaged.push({ split, message: error.message })
    }
  }
  return { language, splits, damaged }
}

/** Labels of every split by our own definition, and the shortcuts of the survey's audit. */
export function auditFlareFolder({ language, splits, damaged }: FlareFolder): FlareAudit {
  const { train } = splits
  const test = splits.test ?? splits['validation-long']
  return {
    language,
    labels: FLARE_SPLIT_NAMES.flatMap(name =>
      splits[name] === undefined ? [] : [auditLabels(splits[name])],
    ),
    ...(train === undefined || test === undefined
      ? {}
      : { shortcuts: { ...flareShortcuts(train, test), split: test.split } }),
    damaged,
  }
}
