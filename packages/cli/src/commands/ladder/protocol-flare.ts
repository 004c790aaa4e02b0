/** `elman ladder protocol flare`: FLaRe's data audited, drawn anew, and learned from. */
import { existsSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type ComponentReference, ElmanError, isElmanError, openJsonLines, readJsonLines } from '@elman/core'
import {
  auditFlareFolder,
  drawFlareSplit,
  FLARE_LANGUAGES,
  FLARE_SPLITS,
  type FlareData,
  type FlareFolder,
  type FlareRecipe,
  type FlareRun,
  flareLanguage,
  flareRunHash,
  namedLearner,
  readFlareFolder,
  trainOnFlare,
  writeFlareSplit,
} from '@elman/eval'
import { EXIT } from '../../exit-codes.ts'
import { showPhases } from '../../phases.ts'
import type { Terminal } from '../../terminal.ts'
import { ladderBackend, ladderContainer, pluginsOfCall, registeredLearners } from './ladder-container.ts'
import { auditText, runsText } from './protocol-flare-text.ts'

/** Options of `elman ladder protocol flare`. */
export interface FlareOptions {
  readonly data?: string
  readonly write?: string
  readonly languages?: readonly string[]
  readonly tasks?: readonly string[]
  readonly cells?: readonly string[]
  readonly seeds?: number
  readonly steps?: number
  readonly rate?: number
  readonly strings?: number
  readonly original?: boolean
  readonly directory?: string
  readonly backend?: string
  readonly plugin?: readonly string[]
}

/** A run with the learner's name in tables. */
export type NamedFlareRun = FlareRun & { readonly learner: string }

/** Draws, audits or trains, as the options say. */
export async function ladderFlare(options: FlareOptions, terminal: Terminal): Promise<number> {
  const asked = options.languages ?? options.tasks
  for (const name of asked ?? []) flareLanguage(name)
  if (options.write !== undefined) return draw(options.write, asked ?? FLARE_LANGUAGES, options, terminal)
  if (options.data === undefined) {
    throw new ElmanError('USAGE_PROTOCOL_FLARE', {
      message: 'where are the strings?',
      expected: '--data DIR with FLaRe’s folders, or --write DIR to draw them anew',
    })
  }
  const root = resolve(options.data)
  const found = (asked ?? FLARE_LANGUAGES).filter(name => existsSync(join(root, name)))
  if (found.length === 0) {
    throw new ElmanError('USAGE_PROTOCOL_FLARE', {
      message: `${options.data} has none of the languages' folders`,
      expected: (asked ?? FLARE_LANGUAGES).join(', '),
    })
  }
  const folders: FlareFolder[] = []
  for (const name of found) folders.push(await readFlareFolder(root, name))
  if (options.cells !== undefined) return train(folders, options.cells, options, terminal)
  const audits = folders.map(auditFlareFolder)
  terminal.result({ kind: 'audit', audits }, auditText(audits))
  return EXIT.success
}

async function draw(
  folder: string,
  names: readonly string[],
  { original = false, strings: most = Number.POSITIVE_INFINITY }: FlareOptions,
  terminal: Terminal,
): Promise<number> {
  const written: { language: string; split: string; strings: number }[] = []
  const phases = showPhases(terminal)
  for (const name of names) {
    const language = flareLanguage(name, { original })
    let seen: ReadonlySet<string> | undefined
    for (const split of FLARE_SPLITS) {
      const strings = Math.min(split.strings ?? 0, most)
      let data: FlareData
      try {
        data = drawFlareSplit(language, { ...split, strings }, 1, split.heldOut ? seen : undefined)
      } catch (error) {
        // Repeat 01 has no words to train length that were not trained on: as in the released data, no such split.
        if (!split.heldOut || !isElmanError(error) || error.code !== 'PROTOCOL_NO_EXAMPLE') throw error
        phases.line(`${name}: no ${split.name}, too few strings were not trained on`)
        continue
      }
      if (split.name === 'train') seen = new Set(data.strings.map(({ word }) => word.join()))
      await writeFlareSplit(resolve(folder), data)
      written.push({ language: name, split: split.name, strings })
    }
    phases.line(`${name} is drawn`)
  }
  phases.finish()
  const count = written.reduce((sum, { strings }) => sum + strings, 0)
  const roots = original ? 'roots in double precision, as released' : 'exact roots'
  terminal.result(
    { kind: 'written', folder: resolve(folder), original, written },
    `wrote ${count} strings of ${names.length} languages to ${folder} (${roots})`,
  )
  return EXIT.success
}

async function train(
  folders: readonly FlareFolder[],
  cells: readonly string[],
  options: FlareOptions,
  terminal: Terminal,
): Promise<number> {
  const container = await ladderContainer(pluginsOfCall(options.plugin))
  const known = registeredLearners(container)
  const learners = cells.map(text => namedLearner(text, known.cells, known.learners))
  const backend = await ladderBackend(container, options.backend)
  const directory = resolve(options.directory ?? 'ladder/flare')
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'flare.jsonl')
  const lines = openJsonLines(file)
  const phases = showPhases(terminal)
  const before = readJsonLines(file).records as unknown as readonly NamedFlareRun[]
  const runs: NamedFlareRun[] = []
  try {
    for (const { language, splits } of folders) {
      if (splits.train === undefined || splits.test === undefined) {
        phases.line(`${language}: left out, it has no train or no test split`)
        continue
      }
      // 1,000 epochs at most, as published; the checkpoints' patience ends a run before.
      const batch = 32
      const steps = options.steps ?? 1000 * Math.ceil(splits.train.strings.length / batch)
      const recipe: FlareRecipe = {
        ...{ steps, batch, rate: options.rate ?? 1e-3, clip: 5, checkpointEvery: 10_000 },
      }
      for (const { name, config } of learners) {
        for (let seed = 1; seed <= (options.seeds ?? 1); seed++) {
          const strings = { train: splits.train, validation: splits['validation-short'], test: splits.test }
          const own = { learner: config as ComponentReference, seed, recipe, ...strings }
          const hash = flareRunHash(own)
          const done = before.find(run => run.configHash === hash)
          if (done !== undefined) {
            runs.push(done)
            continue
          }
          const began = performance.now()
          const run = await trainOnFlare({
            ...{ backend, container, ...own },
            onStep: step => {
              const rate = (1000 * step) / (performance.now() - began)
              const phase = `${language}/${name}/seed-${seed}`
              const secondsLeft = (steps - step) / rate
              phases.progress({ phase, done: step, total: steps, unit: 'steps', rate, secondsLeft })
            },
          })
          const named = { ...run, learner: name }
          lines.append(named)
          lines.sync()
          runs.push(named)
        }
      }
    }
  } finally {
    phases.finish()
    lines.close()
  }
  const end = `${runs.length} runs in ${relative(process.cwd(), directory) || '.'}`
  terminal.result({ kind: 'result', directory, runs }, `${runsText(runs)}\n\n${end}`)
  return EXIT.success
}
