import { execFileSync } from 'node:child_process'
import util from 'node:util'
import { isElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { listTfjsDevices } from './list-devices.ts'
import { loadDevice } from './load-device.ts'
import { restoreUtilChecks } from './util-checks.ts'

test('each device is said to work or how to get it, and loading it agrees', async () => {
  const devices = await listTfjsDevices()
  expect(devices.map(({ device }) => device)).toEqual(['node-gpu', 'node', 'wasm', 'cpu'])
  expect(devices.slice(2)).toEqual(
    ['wasm', 'cpu'].map(device => ({
      device,
      available: true,
      reason: 'TensorFlow.js 4.22.0',
      howToGet: '',
    })),
  )
  for (const { device, available, reason, howToGet } of devices) {
    expect(howToGet === '').toBe(available)
    if (available) continue
    const error = await loadDevice(device, 'training step').catch(found => found)
    expect(isElmanError(error) && error.code).toBe('TFJS_DEVICE_UNAVAILABLE')
    expect((error as Error).message.split('\n')).toEqual([
      `TFJS_DEVICE_UNAVAILABLE  device "${device}" of TensorFlow.js is not available on this machine`,
      `  found    ${device}: ${reason}`,
      '  in training step',
      `  ${howToGet}`,
      '  nothing was run on another device: "auto" takes the first that works',
    ])
  }
})

test('checks that Node removed are put back, those that are there are left alone', () => {
  const old = { isArray: () => false } as Record<string, unknown>
  const { isArray } = old
  expect(restoreUtilChecks(old)).toEqual(['isNullOrUndefined'])
  expect(old.isArray).toBe(isArray)
  const check = old.isNullOrUndefined as (value: unknown) => boolean
  expect([null, undefined, 0, '', false].map(check)).toEqual([true, true, false, false, false])
  expect(restoreUtilChecks(old)).toEqual([])
})

test('the text of the function alone restores the checks of a process that lacks them', () => {
  const program = `
    const util = require('node:util')
    delete util.isArray
    delete util.isNullOrUndefined
    console.log(JSON.stringify((${restoreUtilChecks})(util)), util.isArray([]), util.isNullOrUndefined(undefined))
  `
  const output = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  expect(output.trim()).toBe('["isNullOrUndefined","isArray"] true true')
  expect(typeof util.promisify).toBe('function')
})
