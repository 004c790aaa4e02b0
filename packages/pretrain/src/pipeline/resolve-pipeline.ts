/** Checks a pipeline whole before anything runs, and puts its stages in order. */
import { resolve } from 'node:path'
import {
  CollectedError,
  type ElmanContainer,
  ElmanError,
  hashConfig,
  isElmanError,
  resolveComponent,
  resolveConfig,
  STAGE,
  suggestion,
} from '@elman/core'
import { readArtefact } from '../stages/artefact-folder.ts'
import type { Port, Stage } from '../stages/stage.ts'
import { type InputSource, type PipelineConfig, pipelineConfig } from './pipeline-config.ts'
import { orderStages } from './stage-order.ts'

/** Where an input comes from: an output of another stage, or an artefact elsewhere. */
export type PlannedInput =
  | { readonly kind: 'output'; readonly stage: string; readonly output: string }
  | { readonly kind: 'path'; readonly path: string }

/** A stage that can run. */
export interface PlannedStage {
  readonly name: string
  readonly type: string
  readonly description: string | undefined
  /** Complete options. */
  readonly options: { readonly [name: string]: unknown }
  /** Hash over type and options. */
  readonly configHash: string
  readonly inputs: { readonly [port: string]: PlannedInput }
  readonly stage: Stage
}

/** A pipeline that can run. */
export interface PlannedPipeline {
  /** As written, with defaults: what is stored. */
  readonly config: PipelineConfig
  readonly baseDirectory: string
  /** In an order in which each comes after those it needs. */
  readonly stages: readonly PlannedStage[]
}

/** What a check needs besides the config. */
export interface PlanOptions {
  readonly container: ElmanContainer
  /** Folder that relative paths start from. */
  readonly baseDirectory: string
  /** The file as the user knows it, for errors. */
  readonly file?: string | undefined
}

/** A stage while it is checked; `stage` is missing when its component or options are wrong. */
interface Draft {
  readonly index: number
  readonly entry: PipelineConfig['stages'][number]
  readonly stage: Stage | undefined
  readonly options: { readonly [name: string]: unknown }
}

/**
 * Checks a pipeline: components and options of all stages, names, inputs and their kinds, circles, artefacts elsewhere.
 *
 * @throws `CONFIG_PROBLEMS` with all that is wrong, or the one error: `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`,
 *   `UNKNOWN_TYPE`, `PIPELINE_NAME_TWICE`, `PIPELINE_INPUT_UNKNOWN`, `PIPELINE_INPUT_MISSING`, `PIPELINE_INPUT_KIND`,
 *   `PIPELINE_CIRCLE`, `ARTEFACT_NOT_FOUND`, `ARTEFACT_DAMAGED`
 */
export async function resolvePipeline(value: unknown, options: PlanOptions): Promise<PlannedPipeline> {
  const { container, baseDirectory, file } = options
  const where = file === undefined ? {} : { file }
  const config = resolveConfig(pipelineConfig, value, 'the pipeline', {
    registryOf: kind => container.registryOf(kind),
    ...where,
  })
  const problems: ElmanError[] = []
  const drafts = config.stages.map((entry, index) => draftOf(entry, index, options, problems))
  checkNames(drafts, problems)
  for (const draft of drafts) await checkInputs(draft, drafts, options, problems)
  const order = orderStages(
    drafts.map(({ entry }) => ({ name: entry.name, needs: stagesNeeded(entry.inputs) })),
    problems,
  )
  throwAll(problems, file)
  const byName = new Map(drafts.map(draft => [draft.entry.name, draft]))
  return {
    config,
    baseDirectory,
    stages: order.map(name => plannedStage(byName.get(name)!, baseDirectory)),
  }
}

function draftOf(
  entry: PipelineConfig['stages'][number],
  index: number,
  { container, file }: PlanOptions,
  problems: ElmanError[],
): Draft {
  const { name: _n, description: _d, inputs: _i, ...reference } = entry
  try {
    const { descriptor, config } = resolveComponent(container.registry(STAGE), reference, {
      path: `stages.${index}`,
      ...(file === undefined ? {} : { file }),
      registryOf: kind => container.registryOf(kind),
    })
    const stage = descriptor.create(config, container) as Stage
    return { index, entry, stage, options: config as Draft['options'] }
  } catch (error) {
    if (!isElmanError(error)) throw error
    problems.push(...(error instanceof CollectedError ? error.failures : [error]))
    return { index, entry, stage: undefined, options: {} }
  }
}

function checkNames(drafts: readonly Draft[], problems: ElmanError[]): void {
  const first = new Map<string, number>()
  for (const { entry, index } of drafts) {
    const key = entry.name.toLowerCase() // names are folders, also where case does not count
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, index)
    else {
      problems.push(
        new ElmanError('PIPELINE_NAME_TWICE', {
          message: `stages.${index}.name: "${entry.name}" is the name of stages.${earlier} already`,
          hint: 'give each stage a name of its own',
        }),
      )
    }
  }
}

async function checkInputs(
  { entry, index, stage }: Draft,
  drafts: readonly Draft[],
  { baseDirectory }: PlanOptions,
  problems: ElmanError[],
): Promise<void> {
  if (stage === undefined) return
  for (const [port, source] of Object.entries(entry.inputs)) {
    const path = `stages.${index}.inputs.${port}`
    const wanted = stage.inputs[port]
    if (wanted === undefined) {
      const hint = suggestion(port, Object.keys(stage.inputs), 'inputs')
      problems.push(unknown(`${path} is not an input of stage "${entry.type}"`, hint))
      continue
    }
    const given = await givenPort(source, path, drafts, baseDirectory, problems)
    if (given !== undefined && given.kind !== wanted.kind) {
      problems.push(
        new ElmanError('PIPELINE_INPUT_KIND', {
          message: `${path} is another kind of artefact than stage "${entry.name}" takes`,
          expected: `${wanted.kind} (${wanted.summary})`,
          found: `${given.kind} (${given.summary})`,
        }),
      )
    }
  }
  for (const [port, { kind, summary, optional }] of Object.entries(stage.inputs)) {
    if (optional === true || entry.inputs[port] !== undefined) continue
    const makers = drafts.flatMap(draft =>
      Object.entries(draft.stage?.outputs ?? {})
        .filter(([, output]) => output.kind === kind && draft.index !== index)
        .map(([output]) => `${draft.entry.name}.${output}`),
    )
    problems.push(
      new ElmanError('PIPELINE_INPUT_MISSING', {
        message: `stages.${index}.inputs.${port}: stage "${entry.name}" needs this input`,
        expected: `${kind} (${summary})`,
        hint:
          makers.length > 0
            ? `outputs of that kind: ${makers.join(', ')}`
            : `no stage gives a ${kind}: add one, or give { path } of an artefact`,
      }),
    )
  }
}

/** What an input would get; undefined, with a problem, when there is no such thing. */
async function givenPort(
  source: InputSource,
  path: string,
  drafts: readonly Draft[],
  baseDirectory: string,
  problems: ElmanError[],
): Promise<Pick<Port, 'kind' | 'summary'> | undefined> {
  if (typeof source !== 'string') {
    try {
      const { kind, path: folder } = await readArtefact(resolve(baseDirectory, source.path))
      return { kind, summary: folder }
    } catch (error) {
      if (!isElmanError(error)) throw error
      problems.push(
        new ElmanError(error.code, { ...error.details, message: `${path}: ${error.details.message}` }),
      )
      return undefined
    }
  }
  const [name, output] = source.split('.') as [string, string]
  const maker = drafts.find(draft => draft.entry.name === name)
  if (maker === undefined) {
    const names = drafts.map(draft => draft.entry.name)
    problems.push(unknown(`${path}: there is no stage "${name}"`, suggestion(name, names, 'stages')))
    return undefined
  }
  if (maker.stage === undefined) return undefined // told already
  const found = maker.stage.outputs[output]
  if (found === undefined) {
    const hint = suggestion(output, Object.keys(maker.stage.outputs), 'outputs')
    problems.push(unknown(`${path}: stage "${name}" has no output "${output}"`, hint))
  }
  return found && { kind: found.kind, summary: `${source}: ${found.summary}` }
}

function stagesNeeded(inputs: PipelineConfig['stages'][number]['inputs']): string[] {
  return Object.values(inputs).flatMap(source => (typeof source === 'string' ? [source.split('.')[0]!] : []))
}

function plannedStage({ entry, stage, options }: Draft, baseDirectory: string): PlannedStage {
  const inputs = Object.entries(entry.inputs).map(([port, source]): [string, PlannedInput] => {
    if (typeof source !== 'string') return [port, { kind: 'path', path: resolve(baseDirectory, source.path) }]
    const [name, output] = source.split('.') as [string, string]
    return [port, { kind: 'output', stage: name, output }]
  })
  return {
    name: entry.name,
    type: entry.type,
    description: entry.description,
    options,
    configHash: hashConfig({ type: entry.type, ...options }),
    inputs: Object.fromEntries(inputs),
    stage: stage!,
  }
}

function unknown(message: string, hint: string): ElmanError {
  return new ElmanError('PIPELINE_INPUT_UNKNOWN', { message, hint })
}

function throwAll(problems: readonly ElmanError[], file: string | undefined): void {
  if (problems.length === 0) return
  if (problems.length === 1) throw problems[0]
  const place = file ?? 'the pipeline'
  throw new CollectedError('CONFIG_PROBLEMS', `${problems.length} problems in ${place}`, problems)
}
