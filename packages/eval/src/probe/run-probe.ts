/** Probes from their configs to their records: train, test, compare with baselines. */
import {
  type Backend,
  type ComponentReference,
  componentData,
  type ElmanContainer,
  hashConfig,
  type Parameters,
  resolveComponent,
} from '@elman/core'
import type { Baseline } from '../baselines/baseline.ts'
import { evaluateBaselines } from '../baselines/index.ts'
import type { Encoding } from '../languages/encoding.ts'
import { isCounted, LEARNER, type Learner } from '../learners/learner.ts'
import { learnerName } from '../learners/learner-name.ts'
import { evaluateWith, type ProbeResults } from './evaluate-probe.ts'
import { countParameters } from './flat-parameters.ts'
import type { BaselineResult, ProbeRecord } from './record.ts'
import { createScorer } from './scorer.ts'
import { bestBaseline, frontier, skill } from './scores.ts'
import { TEST_MULTIPLES, type TestSet, testHash, testSet, testSizes } from './test-strings.ts'
import {
  type CompleteRecipe,
  completeRecipe,
  groupsOf,
  type ProbeRecipe,
  type TrainProbeOptions,
  trainProbe,
} from './train-probe.ts'
import { firstStrings, trainingKeys } from './training-strings.ts'

/** What {@link runProbes} takes. */
export interface ProbeOptions {
  readonly backend: Backend
  /** Knows the learners and their cells. */
  readonly container: ElmanContainer
  readonly encoding: Encoding
  /** The learner's config: `{ type: 'recurrent', cell: { type: 'lstm', hidden: 16 } }`. */
  readonly learner: ComponentReference
  readonly seeds: readonly number[]
  readonly recipe: ProbeRecipe
  /** What the results are measured against. */
  readonly baselines: readonly Baseline[]
  /** Training strings that baselines, and learners that count, see; 2,048 unless given. */
  readonly baselineStrings?: number | undefined
  /** Test strings of each size; 256 unless given. */
  readonly testStrings?: number | undefined
  /** Tested multiples of the training size; 1, 1.5, 2, 4 and 8 unless given. */
  readonly testMultiples?: readonly number[] | undefined
  /** Told the losses of every update, by seed; see `trainProbe`. */
  readonly onStep?: TrainProbeOptions['onStep']
  /** Versions that the record names besides those of the backend and Node. */
  readonly versions?: { readonly [name: string]: string } | undefined
}

/** A finished probe. */
export interface ProbeOutcome {
  readonly record: ProbeRecord
  /** Loss before each update, in nats; empty for a learner that counts. */
  readonly losses: Float32Array
  /** The trained network; absent for a learner that counts. */
  readonly trained?: { readonly learner: Learner; readonly parameters: Parameters }
}

/** Everything that fixes a probe's result but the seed. */
interface Plan {
  readonly options: ProbeOptions
  readonly recipe: CompleteRecipe
  readonly learnerConfig: unknown
  readonly sizes: readonly number[]
  readonly testStrings: number
  readonly baselineStrings: number
}

/** What one seed came to. */
interface SeedResult {
  readonly results: ProbeResults
  readonly tests: readonly TestSet[]
  readonly loss: number | null
  readonly solvedAt: number | null
  readonly parameters: number
  readonly together: number
  readonly timing: { readonly [part: string]: number }
}

/**
 * Runs a learner on a view of a language with each seed. Records come in the order of the seeds; all but their `timing`
 * is the same when run again.
 *
 * @throws as `trainProbe`, and what resolving the learner's config throws
 */
export async function runProbes(options: ProbeOptions): Promise<ProbeOutcome[]> {
  const { container, encoding } = options
  const resolved = resolveComponent(container.registry(LEARNER), options.learner, {
    path: 'learner',
    registryOf: container.registryOf,
  })
  const product = resolved.descriptor.create(resolved.config, container)
  const recipe = completeRecipe(options.recipe, encoding)
  const plan: Plan = {
    options,
    recipe,
    learnerConfig: componentData(resolved),
    sizes: testSizes(encoding.language, recipe.trainSize, options.testMultiples ?? TEST_MULTIPLES),
    testStrings: options.testStrings ?? 256,
    baselineStrings: options.baselineStrings ?? 2048,
  }
  return isCounted(product)
    ? options.seeds.map(seed => countedProbe(plan, product.counted, seed))
    : await trainedProbes(plan, product({ inputs: encoding.inputs, outputs: encoding.outputs }))
}

async function trainedProbes(plan: Plan, learner: Learner): Promise<ProbeOutcome[]> {
  const { backend, encoding, seeds } = plan.options
  const groups = groupsOf(seeds, learner, encoding, plan.recipe)
  const outcomes: ProbeOutcome[] = []
  for (const group of groups) {
    const started = performance.now()
    const trained = await trainProbe({ ...plan.options, learner, seeds: group, groups: [group] })
    const train = secondsSince(started) / group.length
    const scorer = createScorer(backend, encoding, learner, trained[0]!.parameters)
    try {
      for (const { seed, parameters, losses, solvedAt } of trained) {
        const before = performance.now()
        const tests = testsOf(plan, seed)
        const results = await evaluateWith(scorer, learner, parameters, tests)
        const timing = { train, evaluate: secondsSince(before) }
        const last = losses.at(-1)
        const loss = last !== undefined && Number.isFinite(last) ? last : null
        const found = { results, tests, loss, solvedAt, parameters: countParameters(parameters), timing }
        const record = recordOf(plan, seed, { ...found, together: group.length })
        outcomes.push({ record, losses, trained: { learner, parameters } })
      }
    } finally {
      await scorer.dispose()
    }
  }
  return outcomes
}

function countedProbe(plan: Plan, counted: Baseline, seed: number): ProbeOutcome {
  const started = performance.now()
  const { encoding } = plan.options
  const tests = testsOf(plan, seed)
  const [result] = evaluateBaselines(encoding, trainingOf(plan, seed), tests, seed, [counted])
  const soft = tests.map(({ size, length, heldOut }, i) => {
    const { strings, tokens } = result?.sizes[i] ?? noAnswers(tests[i]!)
    return { size, length, strings, tokens, heldOut }
  })
  const timing = { train: secondsSince(started) }
  const found = { results: { soft }, tests, loss: null, solvedAt: null, parameters: 0, together: 1, timing }
  return { record: recordOf(plan, seed, found), losses: new Float32Array(0) }
}

/** Nothing right: a learner that has no answer in a view. */
function noAnswers({ strings }: TestSet) {
  const asked = strings.reduce((sum, { scored }) => sum + scored.reduce((n, one) => n + one, 0), 0)
  return { strings: { right: 0, total: strings.length }, tokens: { right: 0, total: asked } }
}

function recordOf(plan: Plan, seed: number, found: SeedResult): ProbeRecord {
  const { options, recipe, learnerConfig } = plan
  const { encoding, backend } = options
  const { language, view } = encoding
  const { results, tests, together, timing } = found
  const before = performance.now()
  const baselines = baselinesOf(plan, seed, tests)
  const times = { ...timing, baselines: secondsSince(before) }
  const learner = learnerName(learnerConfig)
  const training = { ...recipe, together }
  const test = { sizes: plan.sizes, strings: plan.testStrings, baselineStrings: plan.baselineStrings }
  const config = { language: language.id, view, learner: learnerConfig, seed, training, test }
  const { hard } = results
  const best = bestBaseline(baselines, language.level)
  return {
    probe: `${language.id}/${view}/${learner}/seed-${seed}`,
    language: language.id,
    view,
    learner,
    learnerConfig,
    seed,
    parameters: found.parameters,
    training,
    configHash: hashConfig(config),
    dataHash: testHash(tests),
    loss: found.loss,
    solvedAt: found.solvedAt,
    ...results,
    baselines,
    bestBaseline: best?.baseline ?? 'none',
    skill: skill(results.soft, best),
    ...(hard === undefined ? {} : { hardSkill: skill(hard, best) }),
    frontier: frontier(results.soft),
    ...(hard === undefined ? {} : { hardFrontier: frontier(hard) }),
    versions: {
      node: process.version,
      [backend.name]: String(backend.describe().version ?? ''),
      ...options.versions,
    },
    timing: { seconds: Object.values(times).reduce((sum, part) => sum + part, 0), ...times },
  }
}

function baselinesOf(plan: Plan, seed: number, tests: readonly TestSet[]): BaselineResult[] {
  const { encoding, baselines } = plan.options
  if (baselines.length === 0) return []
  return evaluateBaselines(encoding, trainingOf(plan, seed), tests, seed, baselines)
}

function trainingOf({ options, recipe, baselineStrings }: Plan, seed: number) {
  const { trainSize, batch, steps } = recipe
  return firstStrings({ encoding: options.encoding, trainSize, batch, seed }, baselineStrings, steps)
}

/** Test strings of every size; those of sizes that are trained on are not among the seed's training strings. */
function testsOf({ options, recipe, sizes, testStrings }: Plan, seed: number): TestSet[] {
  const { encoding } = options
  const { trainSize, batch, steps } = recipe
  return sizes.map(size => {
    const from = { encoding, trainSize, batch, seed }
    const seen = size > trainSize ? undefined : trainingKeys(from, size, steps)
    return testSet(encoding, size, testStrings, { seen })
  })
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}
