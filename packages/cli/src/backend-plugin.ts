import { BACKEND, defineComponent, definePlugin, type Plugin, referenceBackend } from '@elman/core'
import { z } from 'zod'

/** Backend `reference`: the interpreter, written to be read. */
const referenceComponent = defineComponent(BACKEND, {
  type: 'reference',
  summary: 'the interpreter in TypeScript: slow, for checks',
  config: z.strictObject({}),
  create: () => referenceBackend(),
})

/** Registers what the command brings itself. */
export const cliPlugin: Plugin = definePlugin({
  name: '@elman/cli',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ backend }) {
    backend(referenceComponent)
  },
})
