// Baselines: what a result is measured against, and audits of labelled strings.

export { bagOfSymbols } from './bag.ts'
export type { Baseline, Predictor } from './baseline.ts'
export { dfaRule } from './dfa-rule.ts'
export { edgeSymbols, firstSymbols, lastSymbols } from './edges.ts'
export { baselineLadder, evaluateBaselines, type StringsOfSize } from './evaluate.ts'
export { finiteBuffer } from './finite-buffer.ts'
export { type LearnedLanguage, languageOfStateMerging, learnedAutomaton } from './learned-automaton.ts'
export { lengthParity, lengthTable } from './length.ts'
export { majorityAnswer } from './majority.ts'
export { nGram } from './n-gram.ts'
export { positionFromEnd, positionFromStart, positionRelative } from './position.ts'
export { type LabelledPrefixes, type PrefixTree, prefixTree } from './prefix-tree.ts'
export {
  type AuditedStrings,
  type LabelledString,
  type ShortcutAudit,
  type ShortcutResult,
  shortcutAudit,
} from './shortcut-audit.ts'
export { mergeStates, type StateMergingOptions } from './state-merging.ts'
export { strictlyLocal } from './strictly-local.ts'
export { strictlyPiecewise } from './strictly-piecewise.ts'
