// Published configurations besides those of Zaremba et al., as parts of an experiment.
export { awdLstmPtb, awdLstmWikiText2, fineTuned, type Stage } from './awd-lstm.ts'
export { gruMedium } from './gru.ts'
export { melis10m, melis24m } from './melis.ts'
export { oneHourPtb } from './one-hour.ts'
export { inanLarge, inanMedium, variationalLarge, variationalMedium } from './variational.ts'
