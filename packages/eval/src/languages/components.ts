/** The registry entries of every language that comes with elman. */
import { languageComponent } from './component.ts'
import { anbn } from './tasks/anbn.ts'
import { copy, markedCopy } from './tasks/copy.ts'
import { parity } from './tasks/parity.ts'
import { markedReverse, reverse } from './tasks/reverse.ts'
import { tomita3, tomita4, tomita5, tomita6, tomita7 } from './tasks/tomita.ts'

/** Languages without options of their own, in the order of the hierarchy. */
export const LANGUAGES = [
  tomita3,
  tomita4,
  tomita5,
  tomita6,
  tomita7,
  parity,
  anbn,
  reverse,
  markedReverse,
  copy,
  markedCopy,
] as const

/** For `register` of a plugin. */
export const languageComponents = LANGUAGES.map(languageComponent)
