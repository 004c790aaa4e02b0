// The ladder: sweeps of probes over languages and learners, gates, claims, and their page.

export { exactInterval, lowerBound } from './binomial.ts'
export {
  CLAIMS,
  type Claim,
  claimsPage,
  type Evidence,
  type Expectation,
  type JudgedClaim,
  judgeClaims,
} from './claims.ts'
export { drawnCertificate } from './drawn-certificate.ts'
export { BALANCED, type Bar, type Ceiling, GATES, type Gate, type Requirement } from './gates.ts'
export {
  anyGateFails,
  countText,
  type JudgedGate,
  type JudgedLearner,
  type JudgeOptions,
  judgeGates,
  seedsNeeded,
  type Verdict,
} from './judge-gates.ts'
export { LEARNER_KINDS, type NamedLearner, namedLearner } from './learner-names.ts'
export { type AuditOptions, auditNegatives, hasNegatives, type NegativesAudit } from './negatives.ts'
export type { DrawnAutomaton } from './page/automata.ts'
export type { LanguageFacts } from './page/hierarchy.ts'
export { type LadderPage, renderLadder } from './page/page.ts'
export type { StateTrace, TracePart } from './page/trace.ts'
export {
  type LadderPlan,
  mergePlans,
  type ProbePlan,
  type ProbeTraining,
  planHash,
  probeGroup,
  probeName,
  type TestPlan,
} from './plan.ts'
export { findProfile, PROFILES } from './profiles/index.ts'
export {
  type LadderLanguage,
  type Profile,
  type ProfileChanges,
  planOf,
  probeOf,
} from './profiles/profile.ts'
export { mainView, type Recipe, recipeOf, trainingOf } from './recipes.ts'
export {
  certificatePath,
  comparableRecord,
  hasResults,
  type LadderPlugins,
  type LadderResults,
  newestRecords,
  type OpenResults,
  openResults,
  parametersPath,
  readNegatives,
  readProbeParameters,
  readResults,
  writeNegatives,
  writeProbeParameters,
} from './results.ts'
export { encodingOf, type JobOptions, runJob, runJobOutcomes } from './run-job.ts'
export {
  bestBaselineSizes,
  bestMode,
  frontierMultiple,
  isExactAt,
  isSolved,
  type Mode,
  share,
  sizeAt,
  sizesOf,
} from './scores.ts'
export { findLanguage, type SelectedPlan, type Selection, selectProbes } from './selection.ts'
export {
  type ProbeExecutor,
  type ProbeJob,
  runSweep,
  type SweepEvent,
  type SweepOptions,
  type SweepOutcome,
} from './sweep.ts'
export { traceSize, traceStates } from './trace-states.ts'
export { heaviestFirst, workOf } from './work.ts'
