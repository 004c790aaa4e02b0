import { definePlugin, type Plugin } from '@elman/core'
import { labelBudget } from './label-budget.ts'

/** Stage `label-budget`. */
const plugin: Plugin = definePlugin({
  name: 'elman-plugin-label-budget',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register: ({ stage }) => stage(labelBudget),
})

export default plugin
