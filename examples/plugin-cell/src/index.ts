import { definePlugin, type Plugin } from '@elman/core'
import { lstmEquationsComponent } from './lstm-equations.ts'
import { mguComponent } from './mgu.ts'

/** Cells `mgu` and `lstm-equations`. */
const plugin: Plugin = definePlugin({
  name: 'elman-plugin-mgu',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ cell }) {
    cell(mguComponent)
    cell(lstmEquationsComponent)
  },
})

export default plugin
