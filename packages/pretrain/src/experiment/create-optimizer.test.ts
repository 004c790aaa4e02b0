import { corePlugin, createContainer, defineComponent, definePlugin, OPTIMIZER, sgd } from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { pretrain } from '../plugin.ts'
import { createOptimizer, withModelGroups } from './create-optimizer.ts'
import type { LanguageModelExperiment } from './experiment-config.ts'

test('what a config says of the table is kept beside what the model asks, which has the last word', () => {
  const own = [
    { pattern: '**.bias', weightDecay: 0 },
    { pattern: 'emb*', weightDecay: 0.5, rateFactor: 2 },
  ]
  expect(withModelGroups(own, [{ pattern: 'embedding', rateFactor: 0.1 }])).toEqual([
    { pattern: 'embedding', weightDecay: 0.5, rateFactor: 0.1 },
    ...own,
  ])
})

test('an optimiser without groups is refused for a model that asks for some, and taken for others', () => {
  const bare = definePlugin({
    ...{ name: 'bare', version: '1.0.0', apiVersion: 1, elman: '*' },
    register({ optimizer }) {
      const summary = 'gradient descent and nothing else'
      optimizer(
        defineComponent(OPTIMIZER, {
          ...{ type: 'bare', summary, config: z.strictObject({}), create: () => sgd({ rate: 1 }) },
        }),
      )
    },
  })
  const container = createContainer([corePlugin, layersRecurrent, pretrain, bare])
  const config = { train: { optimizer: 'bare' } } as unknown as LanguageModelExperiment
  const plain = { parameterGroups: [] } as never
  const frozen = { parameterGroups: [{ pattern: 'embedding', frozen: true }] } as never
  expect(createOptimizer(config, plain, container).rate).toBe(1)
  expect(() => createOptimizer(config, frozen, container)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: OPTIMIZER_WITHOUT_GROUPS  the model wants its word vectors to learn apart from the rest, and optimizer "bare" has no groups
      in train.optimizer
      leave "tune" and "rateFactor" out of model.initialVectors, or take an optimizer with option "groups"]
  `)
})
