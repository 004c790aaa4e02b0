import { definePlugin, type Plugin } from '@elman/core'
import { elmanReluComponent, elmanSigmoidComponent, elmanTanhComponent } from './cells/elman.ts'
import { gruComponent } from './cells/gru.ts'
import { gruResetBeforeComponent } from './cells/gru-reset-before.ts'
import { lstmComponent } from './cells/lstm.ts'
import { lstmCoupledComponent } from './cells/lstm-coupled.ts'
import { lstmLayerNormComponent } from './cells/lstm-layer-norm.ts'
import { lstmLayerNormPerGateComponent } from './cells/lstm-layer-norm-per-gate.ts'
import { lstmPeepholeComponent } from './cells/lstm-peephole.ts'
import { lstmProjectionComponent } from './cells/lstm-projection.ts'
import { diagonalComponent } from './linear/diagonal.ts'
import { gatedDeltaNetComponent } from './linear/gated-delta-net.ts'
import { mLstmComponent } from './linear/m-lstm.ts'
import { mamba2Component } from './linear/mamba2.ts'
import { minGruComponent } from './linear/min-gru.ts'
import { minLstmComponent } from './linear/min-lstm.ts'
import { rgLruComponent } from './linear/rg-lru.ts'
import { sLstmComponent } from './linear/s-lstm.ts'
import { queueRnnComponent } from './memory/queue-rnn.ts'
import { stackLstmComponent } from './memory/stack-lstm.ts'
import { stackRnnComponent } from './memory/stack-rnn.ts'
import { superpositionStackComponent } from './memory/superposition-stack.ts'
import { tapeRnnComponent } from './memory/tape-rnn.ts'

/** Registers every cell of this package. */
export const layersRecurrent: Plugin = definePlugin({
  name: '@elman/layers-recurrent',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ cell }) {
    cell(elmanTanhComponent)
    cell(elmanReluComponent)
    cell(elmanSigmoidComponent)
    cell(lstmComponent)
    cell(lstmPeepholeComponent)
    cell(lstmProjectionComponent)
    cell(lstmLayerNormComponent)
    cell(lstmLayerNormPerGateComponent)
    cell(lstmCoupledComponent)
    cell(gruComponent)
    cell(gruResetBeforeComponent)
    cell(minGruComponent)
    cell(minLstmComponent)
    cell(rgLruComponent)
    cell(sLstmComponent)
    cell(mLstmComponent)
    cell(gatedDeltaNetComponent)
    cell(mamba2Component)
    cell(diagonalComponent)
    cell(stackRnnComponent)
    cell(stackLstmComponent)
    cell(superpositionStackComponent)
    cell(queueRnnComponent)
    cell(tapeRnnComponent)
  },
})
