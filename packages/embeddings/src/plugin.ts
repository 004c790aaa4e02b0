import { definePlugin, type Plugin } from '@elman/core'
import { EMBEDDING } from './train/embedding-method.ts'
import { gloveComponent } from './train/glove-method.ts'
import { ppmiSvdComponent } from './train/ppmi-method.ts'
import { fastTextComponent, word2vecComponent } from './train/word2vec.ts'

/** Registers the methods that make word vectors. */
export const embeddings: Plugin = definePlugin({
  name: '@elman/embeddings',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ add }) {
    add(EMBEDDING, word2vecComponent)
    add(EMBEDDING, fastTextComponent)
    add(EMBEDDING, gloveComponent)
    add(EMBEDDING, ppmiSvdComponent)
  },
})
