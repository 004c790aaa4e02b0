import { flattenParameters, matchesPattern, random } from '@elman/core'
import { expect, test } from 'vitest'
import { awdLanguageModel, NO_DROPOUTS } from './awd-lstm.ts'
import { ulmfitClassifier } from './classifier.ts'
import { classifierGroups, languageModelGroups, optimizerGroups, rateFactors } from './layer-groups.ts'
import { ulmfitPresets } from './presets.ts'
import { gradualUnfreezing, type PhaseSchedule, scheduleOf } from './training-config.ts'

const rates = (schedule: PhaseSchedule, base: number, totalSteps: number) => (step: number) =>
  scheduleOf(schedule).rate(base, { step, epoch: 0, totalSteps }, {})

test('the slanted triangle has the check values of the paper: η(0) = η(T) = η_max / 32, η(cut) = η_max', () => {
  const [phase] = ulmfitPresets.paper.classifier.phases
  for (const total of [10, 100, 1000, 12_340]) {
    const at = rates(phase!.schedule, 0.01, total)
    expect(at(0)).toBeCloseTo(0.01 / 32, 15)
    expect(at(total)).toBeCloseTo(0.01 / 32, 15)
    expect(at(Math.floor(total * 0.1))).toBeCloseTo(0.01, 15)
  }
  // (1 + p·31) / 32 with p = 1 − (550 − 100) / (100 · 9) = ½
  expect(rates(phase!.schedule, 0.01, 1000)(550)).toBeCloseTo((0.01 * (1 + 0.5 * 31)) / 32, 15)
})

test('the scripts rise for a third of the frozen phases and an eighth of the last, from and to an eighth', () => {
  const schedules = ulmfitPresets.scripts.classifier.phases.map(({ schedule }) => schedule)
  for (const [index, peak] of [100, 100, 37].entries()) {
    const at = rates(schedules[index]!, 0.01, 300)
    expect(at(0)).toBeCloseTo(0.01 / 8, 12)
    expect(at(peak)).toBeCloseTo(0.01, 12)
    expect(at(peak - 1)).toBeLessThan(0.01)
  }
})

test("fastai's cycles start at a part of the peak and end at a hundred-thousandth of it", () => {
  const { phases } = ulmfitPresets['fastai-v2'].classifier
  const [frozen, all] = phases.map(({ schedule }) => rates(schedule, 1, 1000))
  const found = [frozen!(0), frozen!(989), all!(0), all!(299)]
  for (const [index, rate] of [1 / 25, 1, 1 / 5, 1].entries()) expect(found[index]).toBeCloseTo(rate, 12)
  expect(frozen!(999)).toBeCloseTo(1e-5, 10)
  expect(all!(999)).toBeCloseTo(1e-5, 10)
})

test('the presets hold the published table', () => {
  const table = Object.entries(ulmfitPresets).map(([name, { sizes, fineTuning: lm, classifier }]) =>
    [
      name,
      sizes.hidden,
      Object.values(lm.dropouts).join('/'),
      Object.values(classifier.dropouts).join('/'),
      lm.optimizer.betas.join('/'),
      rateFactors(lm.rates, 4)
        .map(factor => factor.toFixed(3))
        .join('/'),
      lm.rate,
      rateFactors(classifier.phases.at(-1)!.rates ?? classifier.rates, 5)
        .map(factor => factor.toFixed(4))
        .join('/'),
      classifier.rate,
      classifier.phases.map(({ unfrozen }) => unfrozen).join(','),
      `clip ${lm.optimizer.clip} ${classifier.optimizer.clip}`,
      `decay ${lm.optimizer.weightDecay} ${classifier.optimizer.weightDecay}`,
      `bptt ${classifier.bptt} keep ${classifier.keep}`,
      `bias ${lm.decoderBias}`,
    ].join(' | '),
  )
  expect(table).toMatchInlineSnapshot(`
    [
      "paper | 1150 | 0.4/0.3/0.4/0.05/0.5 | 0.4/0.3/0.4/0.05/0.5 | 0.7/0.99 | 0.057/0.148/0.385/1.000 | 0.004 | 0.0219/0.0569/0.1479/0.3846/1.0000 | 0.01 | 1,2,3,4,all | clip undefined undefined | decay 0 0 | bptt 70 keep 1400 | bias true",
      "scripts | 1150 | 0.25/0.15/0.1/0.02/0.2 | 0.4/0.3/0.4/0.05/0.5 | 0.8/0.99 | 0.167/0.333/1.000/0.500 | 0.004 | 0.0219/0.0569/0.1479/0.3846/1.0000 | 0.01 | 1,2,all | clip 0.3 25 | decay 1e-7 0.000001 | bptt 70 keep 1400 | bias false",
      "fastai-v1 | 1152 | 0.25/0.15/0.1/0.02/0.2 | 0.4/0.3/0.4/0.05/0.5 | 0.75/0.99 | 1.000/1.000/1.000/1.000 | 0.01 | 0.0219/0.0569/0.1479/0.3846/1.0000 | 0.02 | 1,2,3,all | clip undefined undefined | decay 0.01 0.01 | bptt 70 keep 1400 | bias true",
      "fastai-v2 | 1152 | 0.25/0.15/0.1/0.02/0.2 | 0.2/0.15/0.2/0.025/0.25 | 0.75/0.99 | 1.000/1.000/1.000/1.000 | 0.02 | 0.0100/0.0316/0.1000/0.3162/1.0000 | 0.002 | 1,all | clip undefined undefined | decay 0.01 0.01 | bptt 72 keep 1440 | bias true",
    ]
  `)
})

test('gradual unfreezing frees one group more each phase, the last all', () => {
  const phases = gradualUnfreezing(5, 3, { type: 'constant' })
  expect(phases.map(({ unfrozen, epochs }) => [unfrozen, epochs])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
    ['all', 3],
  ])
})

test('each group learns 2.6 times slower than the one above; a span of 2.6^-4 is the same', () => {
  const byDivisor = rateFactors({ type: 'divisor', divisor: 2.6 }, 5)
  expect(byDivisor.map(factor => Number(factor.toFixed(6)))).toEqual([
    0.021883, 0.056896, 0.147929, 0.384615, 1,
  ])
  const bySpan = rateFactors({ type: 'span', lowest: 2.6 ** -4 }, 5)
  for (const [index, factor] of bySpan.entries()) expect(factor).toBeCloseTo(byDivisor[index]!, 12)
  expect(() => rateFactors({ type: 'list', factors: [1, 1] }, 4)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ULMFIT_RATES_MISFIT  there is not one learning-rate factor for each group of layers
      expected 4 factors
      found    2 factors
      language models have a group for each layer and one for the word vectors; classifiers one more for the head]
  `)
})

test('every parameter is in exactly one group', () => {
  const sizes = { embedding: 2, hidden: 3, layers: 3 }
  const classifier = ulmfitClassifier({
    ...{ vocabularySize: 5, classes: 2, sizes, dropouts: NO_DROPOUTS },
    head: { hidden: 2, dropout: 0, hiddenDropout: 0 },
  })
  for (const [groups, parameters] of [
    [languageModelGroups(3), awdLanguageModel(5, sizes).init(random.key(1))],
    [classifierGroups(3), classifier.init(random.key(1))],
  ] as const) {
    for (const path of flattenParameters(parameters).keys())
      expect(
        groups.flat().filter(pattern => matchesPattern(pattern, path)),
        path,
      ).toHaveLength(1)
  }
  const frozen = optimizerGroups(classifierGroups(3), 2, [1, 2, 3, 4, 5]).filter(group => group.frozen)
  expect(frozen.map(({ pattern }) => pattern)).toEqual([
    'encoder.embedding',
    'encoder.rnn.0.**',
    'encoder.rnn.1.**',
  ])
})
