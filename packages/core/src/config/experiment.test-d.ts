import { expectTypeOf, test } from 'vitest'
import { defineExperiment, type ExperimentConfig } from './experiment.ts'

test('an experiment keeps the type of what was written', () => {
  const experiment = defineExperiment({
    corpus: 'tiny-shakespeare',
    model: { type: 'recurrent-lm', cell: { type: 'lstm', hidden: 200 }, layers: 2 },
    train: { epochs: 5 },
    plugins: ['elman-plugin-mingru', ['./mine.ts', { depth: 2 }], { plugin: './b.ts', as: 'b' }],
  })
  expectTypeOf(experiment.model.layers).toEqualTypeOf<2>()
  expectTypeOf(experiment).toExtend<ExperimentConfig>()
})

test('a component without a type is refused', () => {
  // @ts-expect-error a model is a name, or an object with a type
  defineExperiment({ model: { layers: 2 } })
  // @ts-expect-error a plugin is no number
  defineExperiment({ plugins: [3] })
})
