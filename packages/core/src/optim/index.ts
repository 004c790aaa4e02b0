export * from './accumulation.ts'
export { type AveragingOptions, averagedOptimizer, averagingConfig } from './averaging.ts'
export * from './clipping.ts'
export {
  type CommonOptions,
  commonConfig,
  type LeafInput,
  type LeafOutput,
  type LeafRule,
  leafwise,
  zerosLike,
} from './leaf-rule.ts'
export * from './optimizer.ts'
export {
  groupSettings,
  type LeafSettings,
  matchesPattern,
  type ParameterGroup,
  parameterGroupConfig,
} from './parameter-groups.ts'
export { type AdagradOptions, adagrad } from './rules/adagrad.ts'
export { adam } from './rules/adam.ts'
export type { AdamOptions } from './rules/adam-rule.ts'
export { adamW } from './rules/adamw.ts'
export { type AsgdOptions, asgd } from './rules/asgd.ts'
export { type MomentumOptions, momentum } from './rules/momentum.ts'
export { type NesterovOptions, nesterov } from './rules/nesterov.ts'
export { type RmspropOptions, rmsprop } from './rules/rmsprop.ts'
export { sgd } from './rules/sgd.ts'
export {
  cosineSchedule,
  type LengthOptions,
  type OneCycleOptions,
  oneCycleSchedule,
  type SlantedTriangularOptions,
  slantedTriangularSchedule,
} from './schedules/annealing.ts'
export { constantSchedule } from './schedules/constant.ts'
export { type PlateauOptions, type PlateauState, plateauSchedule } from './schedules/plateau.ts'
export type { Schedule, SchedulePosition, ScheduleState, ScheduleUnit } from './schedules/schedule.ts'
export {
  exponentialSchedule,
  holdThenDivideSchedule,
  multiStepSchedule,
  stepSchedule,
} from './schedules/step-decay.ts'
export { type WarmUpOptions, warmUpSchedule } from './schedules/warm-up.ts'
export * from './weight-averaging.ts'
