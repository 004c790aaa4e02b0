export * from './ngram/index.ts'
