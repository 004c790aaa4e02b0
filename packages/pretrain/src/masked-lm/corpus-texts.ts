/** The lines of a corpus by split, as they are written: a masked language model cuts them by its own tokenizer. */
import { sha256Of } from '@elman/core'
import { type CorpusOptions, findCut, planCorpus, readBytes, SPLIT_NAMES, type SplitName } from '@elman/text'

/** Texts of a corpus. */
export interface CorpusTexts {
  /** The corpus part of the config, complete. */
  readonly config: unknown
  /** Name of the dataset. */
  readonly name: string
  readonly lines: { readonly train: readonly string[] } & {
    readonly [split in SplitName]?: readonly string[]
  }
  /** SHA-256 over all splits. */
  readonly fingerprint: string
}

/** Reads a corpus. @throws as `planCorpus`; `TEXT_FILE_UNREADABLE` */
export async function readCorpusTexts(config: unknown, options: CorpusOptions): Promise<CorpusTexts> {
  const { dataset, config: complete, plan } = planCorpus(config, options)
  const lines: { [split in SplitName]?: readonly string[] } = {}
  const hashes: { [split: string]: string } = {}
  for (const split of SPLIT_NAMES) {
    const source = plan.splits[split]
    if (source === undefined) continue
    const { path, from = 0, to = 1 } = source
    const start = from === 0 ? 0 : await findCut(path, from, plan.unit)
    const end = to === 1 ? Number.POSITIVE_INFINITY : await findCut(path, to, plan.unit)
    const decoder = new TextDecoder()
    const pieces: string[] = []
    for await (const bytes of readBytes(path, { start, end }))
      pieces.push(decoder.decode(bytes, { stream: true }))
    const text = pieces.join('') + decoder.decode()
    lines[split] = text.split(/\r?\n/)
    hashes[split] = sha256Of(text)
  }
  return {
    ...{ config: complete, name: dataset.type },
    lines: lines as CorpusTexts['lines'],
    fingerprint: sha256Of(JSON.stringify(hashes)),
  }
}
