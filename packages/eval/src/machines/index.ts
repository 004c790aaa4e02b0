/** Reference machines from descriptions: finite, counter, pushdown, grammar, queue and tape. */

export type { Acceptance, Configuration, Control, Decider, Rule, Writer } from './control.ts'
export {
  type CounterAction,
  type CounterCondition,
  type CounterDescription,
  type Counters,
  type CounterTest,
  counterMachine,
  counterTransducer,
} from './counter.ts'
export { grammarMachine, type Item as EarleyItem, type ItemSet } from './earley.ts'
export { finiteMachine } from './finite.ts'
export { type Grammar, type GrammarDescription, grammarOf, type Part, type Production } from './grammar.ts'
export { type GrammarCounts, grammarCounts, sampleFromGrammar } from './grammar-counts.ts'
export {
  type PushdownDescription,
  pushdownMachine,
  pushdownTransducer,
  type Stack,
  type StackAction,
  type StackTest,
} from './pushdown.ts'
export {
  type Queue,
  type QueueAction,
  type QueueDescription,
  type QueueTest,
  queueMachine,
  queueTransducer,
} from './queue.ts'
export { type StackClass, type StackReach, type StackRule, stackReach } from './stack-reach.ts'
export {
  BLANK,
  type TapeDescription,
  type TapeProgram,
  type TapeRule,
  tapeMachine,
  tapeTransducer,
} from './tape.ts'
