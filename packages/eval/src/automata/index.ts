/** Finite automata: build, compare, minimise, count, sample, test, draw. */

export { type DfaTable, dfaFromTable } from './define-dfa.ts'
export { classOf, type Dfa, stateAfter } from './dfa.ts'
export { separatingSet, type WMethodSuite, wMethodSuite } from './distinguish.ts'
export { canonical, minimise, reachableStates } from './minimise.ts'
export { complement, type Equivalence, equivalence, isomorphism, product } from './product.ts'
export { type RandomAutomatonOptions, randomAutomaton } from './random-automaton.ts'
export { accessWords, coReachable, nextFlags } from './reach.ts'
export { regexAutomaton } from './regex.ts'
export { type Expression, parseRegex } from './regex-syntax.ts'
export { countTables, sampleWord, shortestWords, type WordCounts, wordCounts } from './word-counts.ts'
export { allWords, concatenate, wordsUpTo } from './words.ts'
