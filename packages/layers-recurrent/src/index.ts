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
export { type LstmOptions, type LstmParameters, type LstmState, lstm } from './cells/lstm.ts'
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

export { type DiagonalOptions, type DiagonalParameters, diagonal } from './linear/diagonal.ts'
export type { GateParameters } from './linear/element-cell.ts'
export {
  type ElementRecurrence,
  elementRecurrence,
  type LogRecurrence,
  logRecurrence,
  type RecurrenceStates,
} from './linear/element-recurrence.ts'
export type { FormOptions, RecurrenceForm } from './linear/form.ts'
export { gatedDeltaNet } from './linear/gated-delta-net.ts'
export { type MLstmOptions, type MLstmParameters, type MLstmState, mLstm } from './linear/m-lstm.ts'
export { type Mamba2Options, mamba2 } from './linear/mamba2.ts'
export type { MatrixCellOptions, MatrixCellParameters, MatrixCellState } from './linear/matrix-cell.ts'
export {
  type MatrixRecurrence,
  type MemoryAccess,
  type MemoryReadings,
  matrixRecurrence,
} from './linear/matrix-recurrence.ts'
export { type MinGruOptions, minGru } from './linear/min-gru.ts'
export { type MinLstmOptions, minLstm } from './linear/min-lstm.ts'
export type { CandidateChoice } from './linear/positive.ts'
export { type RgLruOptions, type RgLruParameters, type RgLruState, rgLru } from './linear/rg-lru.ts'
export { type SLstmOptions, type SLstmParameters, type SLstmState, sLstm } from './linear/s-lstm.ts'

export type { ControllerChoice } from './memory/controller-choice.ts'
export {
  type ActionSoftmax,
  isMemoryCell,
  type MemoryCell,
  type MemoryOptions,
  type MemoryParameters,
  type MemoryState,
} from './memory/memory-cell.ts'
export { type QueueRnnOptions, queueRnn } from './memory/queue-rnn.ts'
export { type StackLstmOptions, stackLstm } from './memory/stack-lstm.ts'
export { type StackOptions, type StackRnnOptions, stackRnn } from './memory/stack-rnn.ts'
export { type SuperpositionStackOptions, superpositionStack } from './memory/superposition-stack.ts'
export { isTapeCell, type TapeCell, type TapeRnnOptions, tapeRnn } from './memory/tape-rnn.ts'

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
