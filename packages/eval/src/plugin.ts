import { definePlugin, type Plugin } from '@elman/core'
import { languageComponents } from './languages/components.ts'
import { LEARNER } from './learners/learner.ts'
import { nGramLearnerComponent } from './learners/n-gram-learner.ts'
import { recurrentLearnerComponent } from './learners/recurrent-learner.ts'
import { transformerLearnerComponent } from './learners/transformer-learner.ts'
import { windowLearnerComponent } from './learners/window-learner.ts'
import { deletangComponent } from './protocols/deletang/deletang-protocol.ts'
import { flareComponent } from './protocols/flare/flare-protocol.ts'
import { ladderComponent } from './protocols/ladder-protocol.ts'
import { deletangLanguageComponent, flareLanguageComponent } from './protocols/language-components.ts'
import { PROTOCOL } from './protocols/protocol.ts'

/** Registers the formal languages, the learners and the protocols of the ladder. */
export const evaluation: Plugin = definePlugin({
  name: '@elman/eval',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ add, language }) {
    for (const component of languageComponents) language(component)
    language(deletangLanguageComponent)
    language(flareLanguageComponent)
    add(LEARNER, recurrentLearnerComponent)
    add(LEARNER, windowLearnerComponent)
    add(LEARNER, nGramLearnerComponent)
    add(LEARNER, transformerLearnerComponent)
    add(PROTOCOL, ladderComponent)
    add(PROTOCOL, deletangComponent)
    add(PROTOCOL, flareComponent)
  },
})
