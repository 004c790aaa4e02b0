import { activationComponent } from '../nn/activation.ts'
import { batchNormComponent } from '../nn/batch-norm.ts'
import { dropoutComponent } from '../nn/dropout.ts'
import { embeddingComponent } from '../nn/embedding.ts'
import * as initializers from '../nn/initializer-components.ts'
import { layerNormComponent } from '../nn/layer-norm.ts'
import { linearComponent } from '../nn/linear.ts'
import { residualComponent } from '../nn/residual.ts'
import { rmsNormComponent } from '../nn/rms-norm.ts'
import { sequentialComponent } from '../nn/sequential.ts'
import { adagradComponent } from '../optim/rules/adagrad.ts'
import { adamComponent } from '../optim/rules/adam.ts'
import { adamWComponent } from '../optim/rules/adamw.ts'
import { asgdComponent } from '../optim/rules/asgd.ts'
import { momentumComponent } from '../optim/rules/momentum.ts'
import { nesterovComponent } from '../optim/rules/nesterov.ts'
import { rmspropComponent } from '../optim/rules/rmsprop.ts'
import { sgdComponent } from '../optim/rules/sgd.ts'
import {
  cosineComponent,
  oneCycleComponent,
  slantedTriangularComponent,
} from '../optim/schedules/annealing.ts'
import { constantComponent } from '../optim/schedules/constant.ts'
import { plateauComponent } from '../optim/schedules/plateau.ts'
import {
  exponentialComponent,
  holdThenDivideComponent,
  multiStepComponent,
  stepComponent,
} from '../optim/schedules/step-decay.ts'
import { warmUpComponent } from '../optim/schedules/warm-up.ts'
import { thisCore } from './core-copy.ts'
import { definePlugin, type Plugin } from './plugin.ts'

const { version } = thisCore()

/** Registers core's own layers, initialisers, optimisers and schedules, by the door that every plugin uses. */
export const corePlugin: Plugin = definePlugin({
  name: '@elman/core',
  version,
  apiVersion: 1,
  elman: `^${version}`,
  register({ layer, initializer, optimizer, schedule }) {
    layer(linearComponent)
    layer(embeddingComponent)
    layer(dropoutComponent)
    layer(layerNormComponent)
    layer(rmsNormComponent)
    layer(batchNormComponent)
    layer(activationComponent)
    layer(residualComponent)
    layer(sequentialComponent)

    initializer(initializers.zerosComponent)
    initializer(initializers.constantInitializerComponent)
    initializer(initializers.uniformComponent)
    initializer(initializers.normalComponent)
    initializer(initializers.fanInUniformComponent)
    initializer(initializers.xavierUniformComponent)
    initializer(initializers.xavierNormalComponent)
    initializer(initializers.kaimingUniformComponent)
    initializer(initializers.kaimingNormalComponent)
    initializer(initializers.orthogonalComponent)

    optimizer(sgdComponent)
    optimizer(momentumComponent)
    optimizer(nesterovComponent)
    optimizer(rmspropComponent)
    optimizer(adagradComponent)
    optimizer(adamComponent)
    optimizer(adamWComponent)
    optimizer(asgdComponent)

    schedule(constantComponent)
    schedule(stepComponent)
    schedule(multiStepComponent)
    schedule(exponentialComponent)
    schedule(holdThenDivideComponent)
    schedule(plateauComponent)
    schedule(cosineComponent)
    schedule(oneCycleComponent)
    schedule(slantedTriangularComponent)
    schedule(warmUpComponent)
  },
})
