// Language models, neural and n-gram, and the experiments that train them.
export * from './attention-model/index.ts'
export * from './experiment/index.ts'
export * from './feed-forward/index.ts'
export * from './language-model/index.ts'
export * from './mixture/index.ts'
export * from './ngram/index.ts'
export * from './softmax/index.ts'
export { pretrain, pretrain as default } from './plugin.ts'
