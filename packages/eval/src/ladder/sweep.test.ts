import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { languages } from '../languages/index.ts'
import { madeUpRecord } from './made-up-record.ts'
import { type LadderPlan, probeGroup, probeName } from './plan.ts'
import { findProfile } from './profiles/index.ts'
import { planOf } from './profiles/profile.ts'
import { newestRecords, openResults, readResults } from './results.ts'
import { type ProbeExecutor, runSweep, type SweepEvent } from './sweep.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-sweep-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const whole = planOf(
  findProfile('smoke'),
  languages.map(language => ({ language, config: language.id })),
  { seeds: 2 },
)
const plan: LadderPlan = { ...whole, probes: whole.probes.slice(0, 6) }
const plugins = { commandLine: [], folder: '/' }

/** Answers with made-up records, and notes what it was asked. */
function executor(asked: string[], fails = (_: string) => false): ProbeExecutor {
  return {
    run: async ({ probe, seeds }, onStep) => {
      const group = probeGroup(probe)
      asked.push(group)
      onStep(1)
      if (fails(group)) throw new Error('no')
      const { language, view, learner } = probe
      return seeds.map(seed => madeUpRecord({ language, view, learner, seed }))
    },
    close: async () => {},
  }
}

async function sweep(executors: readonly ProbeExecutor[], onEvent?: (event: SweepEvent) => void) {
  const results = await openResults(folder, plan, plugins)
  try {
    return await runSweep({ plan, results, executors, ...(onEvent && { onEvent }) })
  } finally {
    results.close()
  }
}

test('every probe runs once on some executor, and its records are on the disk', async () => {
  const [one, other]: [string[], string[]] = [[], []]
  const { outcome } = await sweep([executor(one), executor(other)])
  expect(outcome).toBe('finished')
  expect([...one, ...other].sort()).toEqual(plan.probes.map(probeGroup).sort())
  const names = plan.probes.flatMap(probe => plan.seeds.map(seed => probeName(probe, seed)))
  expect(
    readResults(folder)
      .records.map(({ probe }) => probe)
      .sort(),
  ).toEqual(names.sort())
})

test('a second call runs nothing that is known', async () => {
  await sweep([executor([])])
  const again: string[] = []
  await sweep([executor(again)])
  expect(again).toEqual([])
})

test('a line that a kill cut short is dropped, and its probe runs again', async () => {
  await sweep([executor([])])
  const file = join(folder, 'probes.jsonl')
  const text = readFileSync(file, 'utf8')
  const torn = JSON.parse(text.trimEnd().split('\n').at(-1)!) as { probe: string }
  truncateSync(file, text.length - 40)
  const again: string[] = []
  const results = await openResults(folder, plan, plugins)
  expect(results.tornBytes).toBeGreaterThan(100)
  results.close()
  await sweep([executor(again)])
  expect(again.map(group => torn.probe.startsWith(group))).toEqual([true])
  expect(newestRecords(readResults(folder).records)).toHaveLength(12)
  expect(readResults(folder).records).toHaveLength(12)
})

test('a probe that fails is told and tried again by the next call; the others go on', async () => {
  const bad = probeGroup(plan.probes[2]!)
  const { failures } = await sweep([executor([], group => group === bad)])
  expect(failures).toMatchObject([{ group: bad, error: { message: 'no' } }])
  expect(readResults(folder).records).toHaveLength(10)
  const again: string[] = []
  await sweep([executor(again)])
  expect(again).toEqual([bad])
})

test('a stop keeps what is finished and ends as interrupted', async () => {
  const controller = new AbortController()
  const results = await openResults(folder, plan, plugins)
  const { outcome } = await runSweep({
    ...{ plan, results, executors: [executor([])], signal: controller.signal },
    onEvent: ({ kind }) => kind === 'finish' && controller.abort(),
  })
  results.close()
  expect(outcome).toBe('interrupted')
  expect(readResults(folder).records).toHaveLength(2)
})

test('progress never passes the whole, and the work that is done grows', async () => {
  const done: number[] = []
  let work = 0
  await sweep([executor([])], event => {
    if (event.kind === 'start') work = event.work
    if (event.kind === 'step' || event.kind === 'finish') done.push(event.done)
  })
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(done.at(-1)).toBeCloseTo(work, 9)
})

test('two processes cannot write to one folder', async () => {
  const results = await openResults(folder, plan, plugins)
  await expect(openResults(folder, plan, plugins)).rejects.toThrowError(/^RUN_LOCKED/)
  results.close()
})

test('a folder without a plan, or with a damaged one, says what to do', async () => {
  expect(() => readResults(join(folder, 'no'))).toThrowError(/^LADDER_NO_RESULTS/)
  const results = await openResults(folder, plan, plugins)
  results.close()
  appendFileSync(join(folder, 'plan.json'), '}')
  expect(() => readResults(folder)).toThrowError(
    /^LADDER_PLAN_INVALID {2}the plan of a ladder cannot be read/,
  )
})
