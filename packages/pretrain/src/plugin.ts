import { definePlugin, type Plugin } from '@elman/core'
import { recurrentModelComponent } from './language-model/model-config.ts'

/** Registers the language models of this package. */
export const pretrain: Plugin = definePlugin({
  name: '@elman/pretrain',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ model }) {
    model(recurrentModelComponent)
  },
})
