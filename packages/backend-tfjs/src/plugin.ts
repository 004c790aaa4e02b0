import { BACKEND, defineComponent, definePlugin, type Plugin } from '@elman/core'
import { z } from 'zod'
import { tfjsBackend } from './backend.ts'

/** Options of backend `tfjs`. */
export const tfjsConfig = z.strictObject({
  device: z
    .enum(['auto', 'node-gpu', 'node', 'wasm', 'cpu'])
    .default('auto')
    .describe('where graphs run; auto takes the first of these that works on this machine'),
})

/** Registry entry `tfjs`. */
export const tfjsComponent = defineComponent(BACKEND, {
  type: 'tfjs',
  summary: 'TensorFlow.js: kernels of the native library where it is installed, else WebAssembly',
  config: tfjsConfig,
  create: config => tfjsBackend(config),
})

/** Registers the backend. */
export const backendTfjs: Plugin = definePlugin({
  name: '@elman/backend-tfjs',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ backend }) {
    backend(tfjsComponent)
  },
})
