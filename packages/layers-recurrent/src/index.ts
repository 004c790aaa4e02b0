export type { CellOptions, ForgetOptions } from './cells/cell-options.ts'
export { type ElmanParameters, type ElmanState, elmanRelu, elmanSigmoid, elmanTanh } from './cells/elman.ts'
export {
  type GatedCell,
  isGatedCell,
  NO_NOISE,
  type StepNoise,
  type StepResult,
} from './cells/gated-cell.ts'
export { type GruParameters, gru } from './cells/gru.ts'
export { type GruResetBeforeParameters, gruResetBefore } from './cells/gru-reset-before.ts'
export type { FloatType } from './cells/initial-values.ts'
export { type LstmParameters, type LstmState, lstm } from './cells/lstm.ts'
export { lstmCoupled } from './cells/lstm-coupled.ts'
export { type LayerNormOptions, type LayerNormParameters, lstmLayerNorm } from './cells/lstm-layer-norm.ts'
export { type LayerNormPerGateParameters, lstmLayerNormPerGate } from './cells/lstm-layer-norm-per-gate.ts'
export { lstmPeephole, type PeepholeParameters } from './cells/lstm-peephole.ts'
export { lstmProjection, type ProjectionOptions, type ProjectionParameters } from './cells/lstm-projection.ts'

export type { NoisyCell, PreparedStep, SequencePass } from './dropout/noisy-cell.ts'
export {
  type CandidateOptions,
  candidateDropout,
  type VariationalOptions,
  variationalDropout,
} from './dropout/recurrent-dropout.ts'
export {
  embeddingRowDropout,
  lockedDropout,
  type SequenceDropout,
  stepDropout,
} from './dropout/sequence-dropout.ts'
export { weightDrop } from './dropout/weight-drop.ts'
export { type ZoneoutRates, zoneout } from './dropout/zoneout.ts'

export { layersRecurrent, layersRecurrent as default } from './plugin.ts'
export { fromPyTorch, type PyTorchKind, type PyTorchTensors, toPyTorch } from './pytorch/pytorch-names.ts'

export { bidirectional } from './sequence/bidirectional.ts'
export { type RecurrentOptions, recurrent } from './sequence/recurrent.ts'
export { type RecurrentStackOptions, recurrentStack } from './sequence/recurrent-stack.ts'
export { residual } from './sequence/residual.ts'
export type {
  SequenceInput,
  SequenceLayer,
  SequenceOutput,
  SequenceState,
  SequenceStateArrays,
} from './sequence/sequence-layer.ts'
export {
  initialState,
  type UnrollOptions,
  type UnrollResult,
  unroll,
} from './sequence/unroll.ts'
