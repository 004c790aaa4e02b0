import type { z } from 'zod'
import type { DecodePolicy } from '../read/decode-utf8.ts'
import type { LineRule } from '../units/split-words.ts'
import type { Unit } from '../units/tokenize.ts'
import type { VocabularyRules } from '../vocabulary/vocabulary.ts'

/** The parts a corpus is divided into: to learn from, to choose by, to report. */
export type SplitName = 'train' | 'valid' | 'test'

/** All split names, in the order they are read. */
export const SPLIT_NAMES: readonly SplitName[] = ['train', 'valid', 'test']

/** A file of a dataset as it was published. */
export interface DatasetFile {
  /** Name inside the dataset's folder. */
  readonly name: string
  /** Hash of the content, lower-case hex. */
  readonly sha256: string
  readonly bytes: number
}

/** Where the text of a split is: a file, or a part of one. */
export interface SplitSource {
  readonly path: string
  /** Fractions of the file's bytes, 0 and 1 unless given; the cut moves forward to a whole token. */
  readonly from?: number
  readonly to?: number
}

/** All that is needed to read a corpus; what a dataset makes of its configuration. */
export interface CorpusPlan {
  readonly unit: Unit
  readonly lines: LineRule
  readonly decode: DecodePolicy
  readonly vocabulary: VocabularyRules
  readonly splits: { readonly train: SplitSource } & { readonly [name in SplitName]?: SplitSource }
  /** Known hashes, by path; a file that differs is refused. */
  readonly sha256: { readonly [path: string]: string }
  /** Known token counts of the splits and vocabulary size; a corpus that differs is refused. */
  readonly expected?: { readonly vocabulary: number; readonly tokens: Readonly<Record<SplitName, number>> }
}

/** Folders a dataset may look in. */
export interface DatasetContext {
  /** Folder that relative paths of the configuration start from. */
  readonly baseDirectory: string
}

/** A dataset of the registry. Built-ins and those of plugins are the same kind of object. */
export interface DatasetDescriptor<Config extends z.ZodType = z.ZodType> {
  /** Name in configurations: `corpus: { type }`. */
  readonly type: string
  /** One line: what text it is. */
  readonly summary: string
  /** Licence as its publisher states it. */
  readonly license: string
  /** Whether the licence lets anyone pass the files on. */
  readonly redistributable: boolean
  /** Whether the files come with this package; otherwise the configuration names a folder. */
  readonly bundled: boolean
  /** The files by name, when they are known beforehand. */
  readonly files: readonly DatasetFile[]
  /** One line: which part is which split. */
  readonly splits: string
  /** Unit unless the configuration says otherwise. */
  readonly unit: Unit
  /** Which lines get `<eos>` (unit word). */
  readonly lines: LineRule
  /** Options under `corpus`, `type` included. */
  readonly config: Config
  /** Turns checked options into a plan; reads no text. */
  create(config: z.output<Config>, context: DatasetContext): CorpusPlan
}

/** Makes a descriptor, with the type of its options inferred. */
export function defineDataset<Config extends z.ZodType>(
  descriptor: DatasetDescriptor<Config>,
): DatasetDescriptor {
  return descriptor as DatasetDescriptor
}
