import { isElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { OnnxGraph } from '../onnx/graph.ts'
import { createSession } from '../session/session.ts'
import { listDevices } from './list-devices.ts'

test('each device is said to be there or how to get it, and a session agrees', {
  timeout: 90_000,
}, async () => {
  const devices = await listDevices()
  expect(devices.map(({ device }) => device)).toEqual(['cpu', 'webgpu', 'cuda'])
  expect(devices[0]).toEqual({ device: 'cpu', available: true, reason: 'ONNX Runtime 1.30.0', howToGet: '' })
  const model = new OnnxGraph('negative')
  model.input('x', 'float32', [1])
  model.output(model.node('Neg', ['x'])[0]!, 'float32', [1])
  for (const { device, available, reason, howToGet } of devices) {
    expect(reason).not.toBe('')
    expect(howToGet === '').toBe(available)
    if (available) continue
    const error = await createSession(model.encodeModel(), { device, label: 'training step' }).catch(
      found => found,
    )
    expect(isElmanError(error) && error.code).toBe('ORT_DEVICE_UNAVAILABLE')
    const lines = (error as Error).message.split('\n')
    expect(lines[0]).toBe(`ORT_DEVICE_UNAVAILABLE  device "${device}" is not available on this machine`)
    expect(lines.slice(2)).toEqual([
      '  in training step',
      `  ${howToGet}`,
      '  nothing was run on another device: choose "cpu" yourself, or see elman doctor',
    ])
  }
})
