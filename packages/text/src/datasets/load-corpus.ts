import { createHash, type Hash } from 'node:crypto'
import { basename } from 'node:path'
import { ElmanError } from '@elman/core'
import { type EncodedText, encodeText, encodeTrainingText } from '../encode/encode-text.ts'
import { readBytes } from '../read/read-bytes.ts'
import type { Unit } from '../units/tokenize.ts'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'
import { type CorpusPlan, SPLIT_NAMES, type SplitName, type SplitSource } from './dataset.ts'
import { findCut } from './find-cut.ts'
import { type CorpusOptions, planCorpus } from './plan-corpus.ts'

/** A text divided and encoded, ready to be batched. */
export interface Corpus {
  /** Name of the dataset. */
  readonly type: string
  readonly unit: Unit
  readonly license: string
  /** The configuration with defaults filled in. */
  readonly config: unknown
  readonly vocabulary: Vocabulary
  readonly splits: { readonly train: EncodedText } & { readonly [name in SplitName]?: EncodedText }
  /** The files read, by what they hold: the hash is of the whole content. */
  readonly files: readonly { readonly name: string; readonly path: string; readonly sha256: string }[]
  /** SHA-256 over the files' hashes, the splits and the rules: equal fingerprints mean equal ids. */
  readonly fingerprint: string
}

/**
 * Reads the corpus that a configuration names: vocabulary from the training split, all splits encoded, every file
 * hashed in the pass that reads it. Memory holds the ids and the distinct tokens, not the text.
 *
 * @param config - The `corpus` part of an experiment: `{ type, … }`, checked by the dataset's schema.
 * @throws what {@link planCorpus} throws; `TEXT_FILE_UNREADABLE`, `TEXT_INVALID_UTF8`, `TEXT_NUL_BYTE`,
 *   `TEXT_WORD_TOO_LONG`, `TEXT_OUT_OF_VOCABULARY`, `TEXT_TOO_MANY_TOKENS`, `VOCABULARY_TOO_LARGE`;
 *   `CORPUS_EMPTY_SPLIT`, `DATASET_HASH_MISMATCH`, `DATASET_COUNT_MISMATCH`
 */
export async function loadCorpus(config: unknown, options: CorpusOptions): Promise<Corpus> {
  const planned = planCorpus(config, options)
  const { plan, dataset } = planned
  const reader = createSplitReader(plan)
  const { train } = plan.splits
  const first = await encodeTrainingText(await reader.open(train), train.path, plan, plan.vocabulary)
  const splits: { [name in SplitName]?: EncodedText } = { train: first.text }
  for (const name of SPLIT_NAMES) {
    const source = plan.splits[name]
    if (name === 'train' || source === undefined) continue
    splits[name] = await encodeText(first.vocabulary, await reader.open(source), source.path, plan.decode)
  }
  const sha256 = reader.digests()
  // A wrong file first, since it explains the rest.
  checkHashes(plan, sha256)
  checkNotEmpty(plan, splits)
  checkCounts(plan, first.vocabulary, splits)
  return {
    type: dataset.type,
    unit: plan.unit,
    license: dataset.license,
    config: planned.config,
    vocabulary: first.vocabulary,
    splits: { ...splits, train: first.text },
    files: [...sha256].map(([path, hash]) => ({ name: basename(path), path, sha256: hash })),
    fingerprint: fingerprint(plan, sha256),
  }
}

/** Opens splits in order, cutting files at whole tokens, and hashes each file as its parts go by. */
function createSplitReader(plan: CorpusPlan) {
  const hashes = new Map<string, Hash>()
  return {
    async open({ path, from = 0, to = 1 }: SplitSource): Promise<AsyncIterable<Uint8Array>> {
      const start = from === 0 ? 0 : await findCut(path, from, plan.unit)
      // Parts follow each other, so one hash sees the whole file; a whole file starts afresh.
      const hash = from === 0 ? createHash('sha256') : hashes.get(path)!
      hashes.set(path, hash)
      return readBytes(path, {
        start,
        hash,
        ...(to === 1 ? {} : { end: await findCut(path, to, plan.unit) }),
      })
    },
    digests: () => new Map([...hashes].map(([path, hash]) => [path, hash.digest('hex')])),
  }
}

function fingerprint(plan: CorpusPlan, sha256: ReadonlyMap<string, string>): string {
  const splits = SPLIT_NAMES.map(name => {
    const source = plan.splits[name]
    return source === undefined ? null : [sha256.get(source.path), source.from ?? 0, source.to ?? 1]
  })
  const { unit, lines, decode, vocabulary } = plan
  const rules = [unit, lines, decode.invalid ?? 'error', decode.nul ?? 'error']
  const words = [vocabulary.minimumCount, vocabulary.maximumSize ?? null, vocabulary.unknown]
  return createHash('sha256')
    .update(JSON.stringify([splits, rules, words]))
    .digest('hex')
}

function checkHashes(plan: CorpusPlan, sha256: ReadonlyMap<string, string>): void {
  for (const [path, expected] of Object.entries(plan.sha256)) {
    const found = sha256.get(path)
    if (found === undefined || found === expected) continue
    throw new ElmanError('DATASET_HASH_MISMATCH', {
      message: `${basename(path)} is not the published file`,
      expected: `SHA-256 ${expected}`,
      found: `SHA-256 ${found}`,
      where: path,
      hint: [
        'numbers measured on another text cannot be compared; get the original file',
        'to use the text as your own, take corpus type "text-files"',
      ],
    })
  }
}

function checkNotEmpty(plan: CorpusPlan, splits: { readonly [name in SplitName]?: EncodedText }): void {
  for (const name of SPLIT_NAMES) {
    const text = splits[name]
    if (text === undefined || text.ids.length > 0) continue
    throw new ElmanError('CORPUS_EMPTY_SPLIT', {
      message: `split "${name}" has no tokens`,
      found: `${text.bytes} bytes, ${text.lines} lines`,
      where: plan.splits[name]!.path,
      hint: 'name a file with text, or leave the split out',
    })
  }
}

function checkCounts(
  { expected }: CorpusPlan,
  vocabulary: Vocabulary,
  splits: { readonly [name in SplitName]?: EncodedText },
): void {
  if (expected === undefined) return
  const rows: [string, number, number][] = [['vocabulary', expected.vocabulary, vocabulary.size]]
  for (const name of SPLIT_NAMES) rows.push([name, expected.tokens[name], splits[name]?.ids.length ?? 0])
  for (const [name, wanted, found] of rows) {
    if (wanted === found) continue
    throw new ElmanError('DATASET_COUNT_MISMATCH', {
      message: `the ${name} of this corpus does not have the published size`,
      expected: `${wanted} tokens`,
      found: `${found} tokens`,
      hint: 'the descriptor of the dataset and its files do not belong together',
    })
  }
}
