// Formal languages: reference machines, direct definitions, exact samplers, and their views for learners.

export { type Disagreement, firstDisagreement, lengthForWords } from './agreement.ts'
export { languageComponent } from './component.ts'
export { languageComponents, languages } from './components.ts'
export {
  type AutomatonDefinition,
  defineLanguage,
  type GrammarDefinition,
  type LanguageDefinition,
  type Negatives,
  type PredicateDefinition,
  type RegexDefinition,
} from './define-language.ts'
export { type Draws, drawsAt } from './draws.ts'
export type { EncodedString, Encoding } from './encoding.ts'
export type { EnvelopedRecognition } from './enveloped.ts'
export {
  type LabelledWord,
  type Language,
  type LanguageFields,
  LEVELS,
  type Level,
  type Need,
  type Recognition,
  type StreamPosition,
  type Transduction,
  VIEWS,
  type View,
  type Word,
} from './language.ts'
export type { Machine, MachineKind, Transducer } from './machine.ts'
export { type RegularLanguage, regularLanguage } from './regular.ts'
export { boundedDyck } from './tasks/bounded-dyck.ts'
export { bracketedModulo5 } from './tasks/bracketed-expression.ts'
export { type DepthRange, drawDyck, dyck } from './tasks/dyck.ts'
export { modularWalk } from './tasks/modular-walk.ts'
export { type Uniformity, uniformityOf, wordsOfClass } from './uniformity.ts'
export { encodeView } from './view.ts'
