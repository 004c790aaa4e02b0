import { arpa } from './arpa.ts'
import { awdProperties } from './awd-properties.ts'
import { bertWeights } from './bert-weights.ts'
import { certificates } from './certificates.ts'
import type { Check } from './check.ts'
import { elmoExport } from './elmo-export.ts'
import { elmoFixture } from './elmo-fixture.ts'
import { embedDeterminism } from './embed-determinism.ts'
import { embedEvaluator } from './embed-evaluator.ts'
import { embedFormats } from './embed-formats.ts'
import { embedFuzz } from './embed-fuzz.ts'
import { embedKernel } from './embed-kernel.ts'
import { embedMemory } from './embed-memory.ts'
import { embedQuality, embedSpeed } from './embed-peers.ts'
import { gradients } from './gradients.ts'
import { installSize } from './install-size.ts'
import { kn5Ptb } from './kn5-ptb.ts'
import { ladderPlugin } from './ladder-plugin.ts'
import { ladderSmoke } from './ladder-smoke.ts'
import { languagesCheck } from './languages.ts'
import { linearRecurrence } from './linear-recurrence.ts'
import { lm60Minutes } from './lm-60-minutes.ts'
import { lmSmallPtb } from './lm-small-ptb.ts'
import { onnxExport } from './onnx-export.ts'
import { pickleSafety } from './pickle-safety.ts'
import { pipelineResume } from './pipeline-resume.ts'
import { pluginSpeed } from './plugin-speed.ts'
import { ptbLadder } from './ptb-ladder.ts'
import { quantizedLm } from './quantized-lm.ts'
import { resume } from './resume.ts'
import { stepSpeed } from './step-speed.ts'
import { torchCells } from './torch-cells.ts'
import { ulmfitSchedule, ulmfitWeights } from './ulmfit.ts'

/** All checks, in the order they are listed. */
export const checks: readonly Check[] = [
  kn5Ptb,
  lmSmallPtb,
  torchCells,
  gradients,
  resume,
  onnxExport,
  pluginSpeed,
  stepSpeed,
  installSize,
  arpa,
  awdProperties,
  linearRecurrence,
  quantizedLm,
  ptbLadder,
  lm60Minutes,
  embedDeterminism,
  embedKernel,
  embedEvaluator,
  embedFormats,
  embedFuzz,
  embedMemory,
  embedSpeed,
  embedQuality,
  languagesCheck,
  ladderSmoke,
  ladderPlugin,
  certificates,
  elmoFixture,
  elmoExport,
  ulmfitWeights,
  ulmfitSchedule,
  bertWeights,
  pickleSafety,
  pipelineResume,
]
