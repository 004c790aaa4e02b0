import { join } from 'node:path'
import type { z } from 'zod'
import type { Unit } from '../units/tokenize.ts'
import { overrideRules, type VocabularyRules, type vocabularyOverrides } from '../vocabulary/vocabulary.ts'
import type { CorpusPlan, DatasetFile, SplitName } from './dataset.ts'

/** What published word-level benchmarks have in common: a folder with one known file a split. */
export interface BenchmarkFolder {
  readonly folder: string
  readonly files: readonly [train: DatasetFile, valid: DatasetFile, test: DatasetFile]
  readonly unit: Unit
  readonly vocabulary: VocabularyRules
  /** Counts with unit word and the benchmark's own vocabulary. */
  readonly expected: { readonly vocabulary: number; readonly tokens: Readonly<Record<SplitName, number>> }
  /** Whether the user left the vocabulary as the benchmark has it. */
  readonly ownVocabulary: boolean
}

/** Plan of a benchmark: every line, empty ones too, gets `<eos>`; hashes and counts are checked. */
export function planBenchmark(benchmark: BenchmarkFolder): CorpusPlan {
  const paths = benchmark.files.map(file => join(benchmark.folder, file.name))
  const [train, valid, test] = paths as [string, string, string]
  return {
    unit: benchmark.unit,
    lines: 'all',
    decode: {},
    vocabulary: benchmark.vocabulary,
    splits: { train: { path: train }, valid: { path: valid }, test: { path: test } },
    sha256: Object.fromEntries(paths.map((path, index) => [path, benchmark.files[index]!.sha256])),
    ...(benchmark.unit === 'word' && benchmark.ownVocabulary ? { expected: benchmark.expected } : {}),
  }
}

/** The rules of a benchmark with the user's changes, and whether there were any. */
export function benchmarkVocabulary(
  unit: Unit,
  changes: z.infer<typeof vocabularyOverrides>,
  minimumCount = 1,
): { vocabulary: VocabularyRules; ownVocabulary: boolean } {
  const own = { minimumCount: unit === 'word' ? minimumCount : 1, unknown: true }
  return { vocabulary: overrideRules(own, changes), ownVocabulary: Object.keys(changes).length === 0 }
}
