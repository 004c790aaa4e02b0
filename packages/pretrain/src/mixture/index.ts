// Scorers of tokens: mixtures of models, caches, comparisons on the same tokens.
export {
  neuralScorer,
  ngramScorer,
  type ParameterizedTokenModel,
  type TokenModel,
  type TokenScorer,
} from './token-scorer.ts'
