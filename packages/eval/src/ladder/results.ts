/**
 * The folder of a sweep: `plan.json`, `probes.jsonl` with a record a line, trained parameters and certificates. A line
 * that a kill has cut short is dropped by whoever opens the folder next, and its probe runs again.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  canonicalJson,
  ElmanError,
  flattenParameters,
  openJsonLines,
  type ParameterRecord,
  type Parameters,
  type RunLock,
  readJsonLines,
  readSafetensors,
  takeLock,
  unflattenParameters,
  writeFileAtomically,
  writeSafetensors,
} from '@elman/core'
import { z } from 'zod'
import { VIEWS } from '../languages/language.ts'
import type { ProbeRecord } from '../probe/record.ts'
import type { NegativesAudit } from './negatives.ts'
import { type LadderPlan, mergePlans, planHash } from './plan.ts'

/** Where the plugins of a sweep come from, so that its parameters can be used later. */
export interface LadderPlugins {
  /** Specifiers of `--plugin`. */
  readonly commandLine: readonly string[]
  /** Where those start from. */
  readonly folder: string
  /** Config whose plugins are loaded too. */
  readonly configFile?: string | undefined
}

/** A sweep's folder, read. */
export interface LadderResults {
  readonly directory: string
  readonly plan: LadderPlan
  readonly plugins: LadderPlugins
  readonly records: readonly ProbeRecord[]
}

/** A sweep's folder, open for more records. */
export interface OpenResults extends LadderResults {
  /** Bytes of a line that a kill had cut short. */
  readonly tornBytes: number
  /** Adds a record; it is on the disk when this returns. */
  append(record: ProbeRecord): void
  /** Lets another process have the folder. */
  close(): void
}

const PLAN = 'plan.json'
const RECORDS = 'probes.jsonl'
const NEGATIVES = 'negatives.json'

const stored = z.object({
  version: z.literal(1),
  plugins: z.object({
    commandLine: z.array(z.string()),
    folder: z.string(),
    configFile: z.string().optional(),
  }),
  plan: z.object({
    profile: z.string(),
    seeds: z.array(z.int()),
    test: z.object({ multiples: z.array(z.number()), strings: z.int() }),
    probes: z.array(
      z.object({
        language: z.string(),
        languageConfig: z.unknown(),
        view: z.enum(VIEWS),
        learner: z.string(),
        learnerConfig: z.unknown(),
        training: z.object({
          trainSize: z.int(),
          steps: z.int(),
          batch: z.int(),
          rate: z.number(),
          clip: z.number(),
        }),
        certify: z.boolean(),
        multiples: z.array(z.number()).optional(),
      }),
    ),
  }),
})

/** Whether a sweep has been started in this folder. */
export function hasResults(directory: string): boolean {
  return existsSync(join(directory, PLAN))
}

/**
 * Reads a folder.
 *
 * @throws `LADDER_NO_RESULTS` when it is none, `LADDER_PLAN_INVALID`, `JSON_LINES_INVALID`
 */
export function readResults(directory: string): LadderResults {
  const path = join(directory, PLAN)
  if (!existsSync(path)) {
    throw new ElmanError('LADDER_NO_RESULTS', {
      message: `there are no results of a ladder in ${directory}`,
      hint: 'elman ladder --profile smoke makes some; give the folder they went to',
    })
  }
  const { plan, plugins } = readPlan(path)
  const file = join(directory, RECORDS)
  const lines = existsSync(file) ? readJsonLines(file).records : []
  return { directory, plan, plugins, records: lines as unknown as readonly ProbeRecord[] }
}

/**
 * Opens a folder for the probes of a plan, making it if it is not there. One process at a time.
 *
 * @throws `LADDER_PLAN_DIFFERS`, `LADDER_PLAN_INVALID`, `RUN_LOCKED`
 */
export async function openResults(
  directory: string,
  plan: LadderPlan,
  plugins: LadderPlugins,
): Promise<OpenResults> {
  await mkdir(join(directory, 'parameters'), { recursive: true })
  const lock: RunLock = await takeLock(join(directory, 'lock'))
  try {
    const path = join(directory, PLAN)
    const merged = existsSync(path) ? mergePlans(readPlan(path).plan, plan, directory) : plan
    await writeFileAtomically(
      path,
      `${JSON.stringify({ version: 1, hash: planHash(merged), plugins, plan: merged }, undefined, 1)}\n`,
    )
    const lines = openJsonLines(join(directory, RECORDS))
    const { records } = readResults(directory)
    return {
      ...{ directory, plan: merged, plugins, records },
      tornBytes: lines.torn?.bytes ?? 0,
      append: record => {
        lines.append(record)
        lines.sync()
      },
      close: () => {
        lines.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

function readPlan(path: string): { plan: LadderPlan; plugins: LadderPlugins } {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw damaged(path, 'it is not JSON', cause)
  }
  const read = stored.safeParse(value)
  if (read.success) return read.data
  throw damaged(path, read.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`)[0]!)
}

function damaged(where: string, found: string, cause?: unknown): ElmanError {
  return new ElmanError('LADDER_PLAN_INVALID', {
    message: 'the plan of a ladder cannot be read',
    ...{ found, where, cause },
    hint: 'it was damaged or made by another version; start in another folder',
  })
}

/** Keeps the audit of the negatives beside the records. */
export async function writeNegatives(directory: string, audits: readonly NegativesAudit[]): Promise<void> {
  await writeFileAtomically(join(directory, NEGATIVES), `${JSON.stringify(audits, undefined, 1)}\n`)
}

/** The audit of the negatives, if it was made. */
export function readNegatives(directory: string): readonly NegativesAudit[] | undefined {
  const path = join(directory, NEGATIVES)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as NegativesAudit[]) : undefined
}

/** The newest record of each probe, sorted by its name. */
export function newestRecords(records: readonly ProbeRecord[]): ProbeRecord[] {
  const newest = new Map(records.map(record => [record.probe, record]))
  return [...newest.values()].sort((a, b) => (a.probe < b.probe ? -1 : 1))
}

/** A record without what differs between two runs of the same probe, as text to compare. */
export function comparableRecord({ timing: _, ...record }: ProbeRecord): string {
  return canonicalJson(record)
}

/** File of the trained parameters of a probe. */
export function parametersPath(directory: string, probe: string): string {
  return join(directory, 'parameters', `${fileName(probe)}.safetensors`)
}

/** File of the certificate of a probe. */
export function certificatePath(directory: string, probe: string): string {
  return join(directory, 'certificates', `${fileName(probe)}.json`)
}

function fileName(probe: string): string {
  return probe.replaceAll('/', '--').replace(/[^\w.-]/g, '_')
}

/** Keeps the trained parameters of a probe. */
export async function writeProbeParameters(
  directory: string,
  probe: string,
  parameters: Parameters,
): Promise<void> {
  mkdirSync(join(directory, 'parameters'), { recursive: true })
  await writeSafetensors(
    parametersPath(directory, probe),
    flattenParameters(parameters as unknown as ParameterRecord),
    { probe },
  )
}

/**
 * The trained parameters of a probe.
 *
 * @throws `LADDER_NO_PARAMETERS`
 */
export async function readProbeParameters(directory: string, probe: string): Promise<Parameters> {
  const path = parametersPath(directory, probe)
  if (!existsSync(path)) {
    throw new ElmanError('LADDER_NO_PARAMETERS', {
      message: `there are no trained parameters of ${probe}`,
      where: path,
      hint: 'run the probe again: elman ladder probe',
    })
  }
  const { tensors } = await readSafetensors(path)
  return unflattenParameters(tensors) as unknown as Parameters
}
