// n-gram language models: interpolated modified Kneser-Ney and the unigram baseline.
export type { NgramOptions } from './count-ngrams.ts'
export { type Discounts, FALLBACK_DISCOUNTS } from './discounts.ts'
export { type KneserNeyConfig, type KneserNeyModel, kneserNeyConfig, trainKneserNey } from './kneser-ney.ts'
export { type NgramScore, summarise } from './score.ts'
export { trainUnigram, type UnigramModel } from './unigram.ts'
