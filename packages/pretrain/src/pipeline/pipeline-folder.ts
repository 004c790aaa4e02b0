/**
 * The folder of a pipeline:
 *
 *     pipeline.json               the config, and the folder that its paths start from
 *     report.md                   what came out; can be made again
 *     stages/NAME/begun.json      what the work was begun with, while there is any
 *     stages/NAME/work/           the stage's own, until it is finished
 *     stages/NAME/result/         stage.json and a folder of each output; appears at once and whole
 *
 * Nothing else is truth.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ElmanError, fileError, writeFileAtomically } from '@elman/core'
import { z } from 'zod'
import { pipelineConfig } from './pipeline-config.ts'

/** Form of `pipeline.json`. */
export const storedPipeline = z.object({
  format: z.literal('elman-pipeline'),
  version: z.literal(1),
  config: pipelineConfig,
  baseDirectory: z.string(),
})

const inputRecords = z.record(z.string(), z.object({ from: z.string(), hash: z.string() }))

/** What a stage was made from: when it differs, the stage runs again. */
export const stageBasis = z.object({
  type: z.string(),
  options: z.record(z.string(), z.unknown()),
  /** Hash over type and options. */
  config: z.string(),
  /** The pipeline's. */
  seed: z.int(),
  inputs: inputRecords,
  /** SHA-256 of files outside of the pipeline, by path from the folder that its paths start from. */
  sources: z.record(z.string(), z.string()),
})

/** What a finished stage left. */
export const stageRecord = stageBasis.extend({
  outputs: z.record(z.string(), z.object({ kind: z.string(), hash: z.string() })),
  scores: z.record(z.string(), z.number()),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** Of the session that finished it. */
  seconds: z.number(),
  /** Processes that worked on it. */
  sessions: z.int(),
  backend: z.string(),
})

const begunRecord = stageBasis.extend({ startedAt: z.string(), sessions: z.int() })

/** What decides what comes out of a stage. */
export type StageBasis = z.output<typeof stageBasis>
/** A finished stage. */
export type StageRecord = z.output<typeof stageRecord>
/** A stage that was begun and not finished. */
export type BegunRecord = z.output<typeof begunRecord>
/** What `pipeline.json` says. */
export type StoredPipeline = z.output<typeof storedPipeline>

/** Places in a stage's folder. */
export interface StagePaths {
  readonly folder: string
  readonly work: string
  readonly begun: string
  readonly result: string
  readonly record: string
  /** What becomes `result`. */
  readonly partial: string
}

/** The places of a stage. */
export function stagePaths(directory: string, stage: string): StagePaths {
  const folder = join(directory, 'stages', stage)
  const result = join(folder, 'result')
  return {
    ...{ folder, result },
    work: join(folder, 'work'),
    begun: join(folder, 'begun.json'),
    record: join(result, 'stage.json'),
    partial: join(folder, 'result.partial'),
  }
}

/**
 * Makes the folder of a pipeline, unless it is there. What it holds is looked at before the lock is taken.
 *
 * @throws `PIPELINE_FOLDER_TAKEN` when it holds something else
 */
export async function openPipelineFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw fileError('write', directory, error)
  })
  const found = await readdir(directory)
  if (found.includes('pipeline.json')) return
  const strange = found.filter(name => !['pipeline.lock', 'plugins.json', 'stages'].includes(name))
  if (strange.every(name => /^\./.test(name) || name.startsWith('pipeline.lock'))) return
  throw new ElmanError('PIPELINE_FOLDER_TAKEN', {
    message: 'the folder of the pipeline holds something else',
    expected: 'an empty folder, or that of a pipeline',
    found: strange.slice(0, 5).join(', '),
    where: directory,
    hint: 'give another folder',
  })
}

/** Writes `pipeline.json`. @throws `FILE_UNWRITABLE` */
export async function writePipeline(
  directory: string,
  pipeline: Pick<StoredPipeline, 'config' | 'baseDirectory'>,
): Promise<void> {
  await writeJson(join(directory, 'pipeline.json'), { format: 'elman-pipeline', version: 1, ...pipeline })
}

/**
 * Reads `pipeline.json`.
 *
 * @throws `PIPELINE_NOT_FOUND`, `PIPELINE_FILE_INVALID`
 */
export async function readPipeline(directory: string): Promise<StoredPipeline> {
  const stored = await readJson(join(resolve(directory), 'pipeline.json'), storedPipeline)
  if (stored !== undefined) return stored
  throw new ElmanError('PIPELINE_NOT_FOUND', {
    message: `there is no pipeline at ${directory}`,
    expected: 'a folder with pipeline.json, as elman pretrain run makes it',
    hint: 'give the folder of the pipeline, or run its file',
  })
}

/** The record of a finished stage; undefined when it is not finished. */
export async function readStageRecord(paths: StagePaths): Promise<StageRecord | undefined> {
  return readJson(paths.record, stageRecord)
}

/** Puts a result in place that was whole when the process died, and removes one that was not. */
export async function recoverResult(paths: StagePaths): Promise<void> {
  const whole = existsSync(join(paths.partial, 'stage.json'))
  if (whole && !existsSync(paths.result)) await rename(paths.partial, paths.result)
  else await rm(paths.partial, { recursive: true, force: true })
  await removeHalfWritten(paths.folder)
}

/** Removes the temporary files of atomic writes that a death cut short. */
async function removeHalfWritten(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => [])
  for (const name of names) if (/^\..+\.tmp-/.test(name)) await rm(join(folder, name), { force: true })
}

/** Puts a new result in the place of the old one, and removes the work. */
export async function commitResult(paths: StagePaths, record: StageRecord): Promise<void> {
  await writeJson(join(paths.partial, 'stage.json'), record)
  await rm(paths.result, { recursive: true, force: true })
  await rename(paths.partial, paths.result)
  await clearWork(paths)
}

/** Removes what an unfinished stage left. */
export async function clearWork(paths: StagePaths): Promise<void> {
  await rm(paths.begun, { force: true })
  await rm(paths.work, { recursive: true, force: true })
}

/** What the work of an unfinished stage was begun with. */
export function readBegun(paths: StagePaths): Promise<BegunRecord | undefined> {
  return readJson(paths.begun, begunRecord)
}

/** Notes what the work is begun with. */
export async function writeBegun(paths: StagePaths, begun: BegunRecord): Promise<void> {
  await mkdir(paths.work, { recursive: true })
  await writeJson(paths.begun, begun)
}

async function writeJson(path: string, value: object): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`)
}

async function readJson<Value>(path: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(path, error.message)
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw fileError('read', path, error)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path: place, message } = parsed.error.issues[0]!
  throw invalid(path, `${place.join('.') || 'the whole'}: ${message}`)
}

function invalid(where: string, found: string): ElmanError {
  return new ElmanError('PIPELINE_FILE_INVALID', {
    message: 'a file of the pipeline is damaged',
    found,
    where,
    hint: 'delete the folder of the stage it belongs to: the stage runs again; pipeline.json is written by the next run',
  })
}
