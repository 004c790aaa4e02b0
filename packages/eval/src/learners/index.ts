// Learners: what is probed, built from configs, and trained ones as automata.

export { type CompiledRecogniser, createRecogniser, type RecogniserOptions } from './compiled-recogniser.ts'
export {
  type CountedLearner,
  isCounted,
  LEARNER,
  type Learner,
  type LearnerCall,
  type LearnerFactory,
  type LearnerProduct,
  type LearnerSizes,
  type Recurrence,
} from './learner.ts'
export { learnerName } from './learner-name.ts'
export { nGramLearnerComponent } from './n-gram-learner.ts'
export { classesOf, type Recogniser, type RecogniserStates } from './recogniser.ts'
export {
  type RecurrentLearnerOptions,
  recurrentLearner,
  recurrentLearnerComponent,
} from './recurrent-learner.ts'
export {
  type TransformerLearnerOptions,
  transformerLearner,
  transformerLearnerComponent,
} from './transformer-learner.ts'
export { type WindowLearnerOptions, windowLearner, windowLearnerComponent } from './window-learner.ts'
