import { referenceBackend } from '@elman/core'
import { elmanTanh } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { encodeView } from '../languages/index.ts'
import { parity } from '../languages/tasks/parity.ts'
import { createRecogniser, recurrentLearner } from '../learners/index.ts'
import { trainProbe } from '../probe/index.ts'
import { certify } from './certify.ts'
import { checkCertificate } from './check.ts'
import { snappedRecogniser } from './snapped-twin.ts'

test('an Elman network that is trained on parity gets a certificate for all lengths, and snapped it is right at 500', async () => {
  const backend = referenceBackend()
  const encoding = encodeView(parity, 'dense')
  const learner = recurrentLearner({ cell: inputSize => elmanTanh({ inputSize, hidden: 16 }) })(encoding)
  const [trained] = await trainProbe({
    ...{ backend, encoding, learner, seeds: [0] },
    recipe: { steps: 400, trainSize: 10, validateEvery: 0 },
  })
  const recogniser = await createRecogniser(learner, trained!.parameters, encoding, backend)
  const { certificate, twin } = await certify({
    ...{ recogniser, language: parity, view: 'dense' },
    network: { learner: 'elman-tanh-16', seed: 0, configHash: '0'.repeat(64) },
    sampling: { multiples: [1, 2, 4], strings: 64 },
    exhaustive: { steps: 2 ** 13 },
    extraction: { epsilon: 0.01, delta: 0.01, suite: 1000 },
  })
  expect(certificate).toMatchObject({ level: 'K4', subject: 'snapped twin' })
  expect(checkCertificate(JSON.parse(JSON.stringify(certificate)), parity).problems).toEqual([])
  const snapped = snappedRecogniser(recogniser, twin!)
  let { states, logits } = await snapped.start()
  for (let t = 0; t < 500; t++) ({ states, logits } = await snapped.step(states, Uint8Array.of(1)))
  expect(logits).toEqual(Float32Array.of(1, -1))
  await recogniser.dispose()
})
