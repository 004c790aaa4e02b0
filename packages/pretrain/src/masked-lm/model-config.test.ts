import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { parameterCount } from '../language-model/language-model.ts'
import { bertEncoder } from './encoder.ts'
import { encoderParameterCount, MASKED_MODEL_SIZES, maskedModelConfig } from './model-config.ts'

test.each([
  ['tiny', 4_385_920],
  ['mini', 11_170_560],
  ['small', 28_763_648],
  ['medium', 41_373_184],
  ['base', 109_482_240],
] as const)('BERT %s has %i parameters', (name, published) => {
  const config = maskedModelConfig.parse(MASKED_MODEL_SIZES[name])
  expect(encoderParameterCount(config, 30_522)).toBe(published)
})

test('the count is that of the parameters that are made', () => {
  const config = maskedModelConfig.parse({ size: 8, heads: 2, inner: 12, positions: 9 })
  const parameters = bertEncoder(config, 11).init(random.key(1))
  expect(parameterCount(parameters)).toBe(encoderParameterCount(config, 11))
})
