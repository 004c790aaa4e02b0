import { BACKEND, defineComponent, definePlugin, type Plugin } from '@elman/core'
import { z } from 'zod'
import { onnxRuntimeBackend } from './backend.ts'

/** Options of backend `onnxruntime`. */
export const onnxRuntimeConfig = z.strictObject({
  threads: z
    .int()
    .min(1)
    .default(1)
    .describe('threads inside one operation; more than the cores slow it down'),
  spinning: z
    .boolean()
    .default(false)
    .describe('whether idle threads wait busily: faster on an idle machine only'),
  deterministic: z.boolean().default(true).describe('refuse kernels whose results vary from run to run'),
  graphOptimizationLevel: z
    .enum(['disabled', 'basic', 'extended', 'all'])
    .default('disabled')
    .describe("ONNX Runtime's own rewriting of graphs, after ours; it gains nothing on graphs of loops"),
  device: z.enum(['cpu', 'webgpu', 'cuda']).default('cpu').describe('where graphs run'),
})

/** Registry entry `onnxruntime`. */
export const onnxRuntimeComponent = defineComponent(BACKEND, {
  type: 'onnxruntime',
  summary: 'ONNX Runtime: compiled graphs on CPU, or on a GPU where there is one',
  config: onnxRuntimeConfig,
  create: config => onnxRuntimeBackend(config),
})

/** Registers the backend. */
export const backendOnnxRuntime: Plugin = definePlugin({
  name: '@elman/backend-onnxruntime',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ backend }) {
    backend(onnxRuntimeComponent)
  },
})
