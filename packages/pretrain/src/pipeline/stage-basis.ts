/** What the result of a stage depends on, and what of it has changed. */
import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { canonicalJson, type ElmanContainer, sha256Of, sha256OfFile } from '@elman/core'
import type { OriginalInput } from '../stages/agreement.ts'
import type { StageBasis } from './pipeline-folder.ts'
import type { PlannedInput, PlannedPipeline, PlannedStage } from './resolve-pipeline.ts'

/** What a stage would be run with. */
export async function basisOf(
  { type, options, configHash, stage }: PlannedStage,
  { plan, container }: { readonly plan: PlannedPipeline; readonly container: ElmanContainer },
  inputs: { readonly [port: string]: OriginalInput },
): Promise<StageBasis> {
  const { baseDirectory } = plan
  const sources: Record<string, string> = {}
  for (const file of stage.sources?.({ baseDirectory, container }) ?? []) {
    const path = resolve(baseDirectory, file)
    // One that is gone cannot differ: the result is kept, and the stage says so when it has to run.
    if (statSync(path, { throwIfNoEntry: false })?.isFile())
      sources[relative(baseDirectory, path)] = (await sha256OfFile(path)).sha256
  }

  const hashes = Object.entries(inputs).map(([port, { artefact, from }]) => [
    port,
    { from, hash: artefact.hash },
  ])
  const { seed } = plan.config
  return {
    type,
    options: { ...options },
    config: configHash,
    seed,
    inputs: Object.fromEntries(hashes),
    sources,
  }
}

/** Seed of a stage: another one for each name, 0 … 2³¹ - 1. */
export function stageSeed(seed: number, name: string): number {
  return Number.parseInt(sha256Of(`${seed}/${name}`).slice(0, 8), 16) >>> 1
}

/** An input's place as texts name it. */
export function placeOf(input: PlannedInput): string {
  return input.kind === 'output' ? `${input.stage}.${input.output}` : input.path
}

/** What differs between two bases, a line each; nothing when the stage would give the same again. */
export function changesOf(before: StageBasis, now: StageBasis): string[] {
  const changes: string[] = []
  if (before.type !== now.type) changes.push(`type: ${before.type} → ${now.type}`)
  else if (before.config !== now.config) {
    const paths = changedPaths(before.options, now.options)
    changes.push(...(paths.length > 0 ? paths : ['options']).map(path => `config: ${path}`))
  }
  if (before.seed !== now.seed) changes.push(`the pipeline's seed: ${before.seed} → ${now.seed}`)
  for (const port of new Set([...Object.keys(before.inputs), ...Object.keys(now.inputs)])) {
    const [old, fresh] = [before.inputs[port], now.inputs[port]]
    if (old?.hash === fresh?.hash) continue
    const side = (input: typeof old) =>
      input === undefined ? 'none' : `${input.hash.slice(0, 12)} of ${input.from}`
    changes.push(`input "${port}": ${side(old)} → ${side(fresh)}`)
  }
  for (const [file, hash] of Object.entries(now.sources)) {
    const old = before.sources[file]
    if (old !== undefined && old !== hash)
      changes.push(`file ${file}: ${old.slice(0, 12)} → ${hash.slice(0, 12)}`)
  }
  return changes
}

function changedPaths(before: unknown, now: unknown, path = ''): string[] {
  const both = [before, now].every(
    value => typeof value === 'object' && value !== null && !Array.isArray(value),
  )
  if (!both) {
    const [old, fresh] = [shown(before), shown(now)]
    return old === fresh ? [] : [`${path}: ${old} → ${fresh}`]
  }
  const [a, b] = [before as Record<string, unknown>, now as Record<string, unknown>]
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return keys.flatMap(key => changedPaths(a[key], b[key], path === '' ? key : `${path}.${key}`))
}

function shown(value: unknown): string {
  if (value === undefined) return 'not given'
  const text = canonicalJson(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
