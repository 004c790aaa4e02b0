/** A plugin with a language of its own, as a stranger would write it: for the check `ladder-plugin` and a test. */
import { definePlugin, type Plugin } from '@elman/core'
import { defineLanguage, languageComponent } from '@elman/eval'

/** Words without two a beside each other. */
const noDoubleA = defineLanguage({
  id: 'no-double-a',
  alphabet: ['a', 'b'],
  regex: '(b|ab)*(a|)',
  has: word => !word.join('').includes('00'),
})

const plugin: Plugin = definePlugin({
  name: 'elman-plugin-no-double-a',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ language }) {
    language(languageComponent(noDoubleA))
  },
})

export default plugin
