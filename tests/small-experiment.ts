import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An experiment that the reference backend finishes in about a second. */
export const smallExperiment = {
  corpus: {
    type: 'text-files',
    file: 'play.txt',
    unit: 'character',
    fractions: { valid: 0.1, test: 0.1 },
  },
  model: { type: 'recurrent-lm', embedding: 8, cell: { type: 'lstm', hidden: 12 } },
  train: { epochs: 2, batch: 4, bptt: 16, logEvery: 10, optimizer: { type: 'adam', rate: 0.01, clip: 1 } },
  evaluate: { batch: 2, time: 16, warmUp: 16 },
  sample: { tokens: 20 },
  baseline: { order: 4 },
  backend: { type: 'reference' },
} as const

/** A new folder with that experiment in `elman.config.json` and its text. */
export function smallExperimentFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'elman-test-'))
  const text = readFileSync(new URL('../datasets/tiny-shakespeare/input.txt', import.meta.url), 'utf8')
  writeFileSync(join(folder, 'play.txt'), text.slice(0, 6000))
  writeFileSync(join(folder, 'elman.config.json'), JSON.stringify(smallExperiment, null, 2))
  return folder
}
