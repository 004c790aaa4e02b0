import { expect, test } from 'vitest'
import { languages } from '../languages/index.ts'
import { CLAIMS } from './claims.ts'
import { GATES } from './gates.ts'
import { LEARNER_KINDS, namedLearner } from './learner-names.ts'
import { type LadderPlan, mergePlans, planHash, probeGroup } from './plan.ts'
import { findProfile, PROFILES } from './profiles/index.ts'
import { planOf } from './profiles/profile.ts'
import { HARD_VARIANTS } from './profiles/standard.ts'
import { selectProbes } from './selection.ts'
import { heaviestFirst, workOf } from './work.ts'

const all = languages.map(language => ({ language, config: language.id }))
const known = { cells: ['lstm', 'gru', 'mgu'], learners: ['recurrent', 'window'] }
const smoke = planOf(findProfile('smoke'), all)

test('a profile gives the same plan twice, without a probe that stands in it twice', () => {
  for (const profile of PROFILES) {
    const plan = planOf(profile, all)
    expect(planHash(planOf(profile, all))).toBe(planHash(plan))
    const groups = plan.probes.map(probeGroup)
    expect(new Set(groups).size).toBe(groups.length)
  }
})

test('every gate of the smoke profile has its probes there, and every gate has them in standard', () => {
  const standard = new Set(planOf(findProfile('standard'), all).probes.map(probeGroup))
  const quick = new Set(smoke.probes.map(probeGroup))
  for (const gate of GATES) {
    const groupsOf = (requirements: typeof gate.requirements) =>
      requirements.flatMap(({ language, view, learners }) =>
        learners.filter(name => !name.startsWith('baseline:')).map(name => `${language}/${view}/${name}`),
      )
    expect(groupsOf(gate.requirements).filter(group => !standard.has(group))).toEqual([])
    if (!gate.smoke) continue
    expect(groupsOf(gate.smokeRequirements ?? gate.requirements).filter(group => !quick.has(group))).toEqual(
      [],
    )
  }
  expect(GATES.filter(gate => gate.smoke).map(({ id }) => id)).toEqual([
    'G1',
    'G3',
    'G4',
    'G5',
    'G8',
    'G10',
    'G12',
    'G14',
    'G15',
  ])
})

test('the standard profile probes every language but the hard variants with six networks', () => {
  const { probes } = planOf(findProfile('standard'), all)
  for (const { id } of languages.filter(language => !HARD_VARIANTS.includes(language.id))) {
    const own = probes.filter(probe => probe.language === id)
    expect(new Set(own.map(({ learner }) => learner)).size).toBeGreaterThanOrEqual(6)
  }
})

test('the standard profile has evidence for every claim', () => {
  const { probes } = planOf(findProfile('standard'), all)
  const have = new Set(
    probes.map(({ language, view, learner }) => `${language}/${view}/${learner.replace(/-\d+$/, '')}`),
  )
  const expected = CLAIMS.flatMap(({ expectations }) =>
    expectations.map(({ language, view, kind }) => `${language}/${view}/${kind}`),
  )
  expect(expected.filter(name => !have.has(name))).toEqual([])
})

test('the heaviest probes come first', () => {
  const work = heaviestFirst(smoke.probes, 1).map(probe => workOf(probe, 1))
  expect(work).toEqual(work.toSorted((a, b) => b - a))
})

test('plans that agree are put together, each probe once', () => {
  const some = { ...smoke, probes: smoke.probes.slice(0, 5) }
  const others = { ...smoke, probes: smoke.probes.slice(3) }
  expect(mergePlans(some, others, 'here')).toEqual(smoke)
})

test('a folder of another plan is refused with both sides shown', () => {
  const steps: LadderPlan = {
    ...smoke,
    probes: smoke.probes.map(probe => ({ ...probe, training: { ...probe.training, steps: 7 } })),
  }
  const one = { ...smoke, probes: smoke.probes.slice(0, 1) }
  expect(() => mergePlans(one, { ...steps, probes: steps.probes.slice(0, 1) }, 'ladder/smoke')).toThrowError(
    `LADDER_PLAN_DIFFERS  the folder holds results of another plan: parity/dense/elman-tanh-16.training.steps differs
  expected 1500, as the folder has it
  found    7, as this call asks for
  in ladder/smoke
  give another folder with --directory, or the options that the folder was made with`,
  )
  expect(() => mergePlans(one, { ...one, seeds: [1, 2, 3] }, 'ladder/smoke')).toThrowError(
    'LADDER_PLAN_DIFFERS  the folder holds results of another plan: seeds.1 differs, and 1 more',
  )
})

test('tasks and cells choose probes of a profile, and learners that it does not have are added', () => {
  const parity = selectProbes(smoke, all, { tasks: ['parity'], cells: ['lstm-16', 'mgu-8'], known })
  expect(parity.plan.probes.filter(parity.selected).map(probeGroup)).toEqual([
    'parity/dense/lstm-16',
    'parity/dense/mgu-8',
  ])
  expect(parity.plan.probes).toHaveLength(smoke.probes.length + 1)
  const majority = selectProbes(smoke, all, { tasks: ['majority'], known, steps: 3 })
  const added = majority.plan.probes.filter(majority.selected)
  expect(added.length).toBeGreaterThan(6)
  expect(added.every(({ training }) => training.steps === 3)).toBe(true)
})

test('names of learners stand for configs, those of registered cells and JSON too', () => {
  expect(namedLearner('lstm-16').config).toEqual({
    type: 'recurrent',
    cell: { type: 'lstm', hidden: 16, forgetBias: 1 },
  })
  expect(namedLearner('diagonal-11-32').config).toEqual({
    type: 'recurrent',
    cell: { type: 'diagonal', hidden: 32, eigenvalues: 'minus-one-one' },
  })
  expect(namedLearner('mgu-8', ['mgu']).config).toEqual({
    type: 'recurrent',
    cell: { type: 'mgu', hidden: 8 },
  })
  const json = '{"type":"recurrent","cell":{"type":"gru","hidden":12}}'
  expect(namedLearner(json)).toEqual({ name: 'gru-12', config: JSON.parse(json) })
  expect(LEARNER_KINDS).toContain('n-gram')
  expect(() => namedLearner('lsmt-16')).toThrowError(
    /^LADDER_LEARNER_UNKNOWN {2}there is no learner "lsmt-16"/,
  )
  expect(() => namedLearner('lsmt-16')).toThrowError(/did you mean lstm-16\?$/)
})

test('wrong names of tasks and profiles are told with the right ones', () => {
  expect(() => selectProbes(smoke, all, { tasks: ['paritty'], known })).toThrowError(
    /LADDER_TASK_UNKNOWN {2}there is no language "paritty"\n {2}did you mean parity\?/,
  )
  expect(() => findProfile('smok')).toThrowError(`LADDER_PROFILE_UNKNOWN  there is no profile "smok"
  expected smoke, standard, full
  did you mean smoke?   (profiles: smoke, standard, full)`)
})
