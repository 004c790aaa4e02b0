import { definePlugin, type Plugin, SCHEDULE } from '@elman/core'
import { hybridModelComponent } from './attention-model/hybrid-model.ts'
import { transformerModelComponent } from './attention-model/transformer-model.ts'
import { prunedComponent } from './compress/pruned-component.ts'
import { elmoEmbedComponent } from './elmo/stages/embed-stage.ts'
import { elmoLanguageModelComponent } from './elmo/stages/language-model-stage.ts'
import {
  dynamicComponent,
  monteCarloComponent,
  neuralCacheComponent,
  staticComponent,
} from './evaluators/components.ts'
import { feedForwardComponent } from './feed-forward/feed-forward-config.ts'
import { recurrentModelComponent } from './language-model/model-config.ts'
import { bertAdamComponent, warmUpThenDecayComponent } from './masked-lm/bert-optimizer.ts'
import { maskedClassifierStage } from './masked-lm/stages/classifier-stage.ts'
import { maskedLanguageModelStage } from './masked-lm/stages/masked-lm-stage.ts'
import { maskedTaggerStage } from './masked-lm/stages/tagger-stage.ts'
import { adaptiveSoftmaxComponent } from './softmax/adaptive-softmax.ts'
import { fullSoftmaxComponent } from './softmax/full-softmax.ts'
import { mixtureOfSoftmaxesComponent } from './softmax/mixture-of-softmaxes.ts'
import { sampledSoftmaxComponent } from './softmax/sampled-softmax.ts'
import { SOFTMAX } from './softmax/softmax-layer.ts'
import { averagePredictionsStage } from './stages/basic/average-predictions-stage.ts'
import { evaluateModelStage } from './stages/basic/evaluate-model-stage.ts'
import { evaluateStage } from './stages/basic/evaluate-stage.ts'
import { labelledTextStage } from './stages/basic/labelled-text-stage.ts'
import { languageModelStage } from './stages/basic/language-model-stage.ts'
import { textStage } from './stages/basic/text-stage.ts'
import { tokenizerStage } from './stages/basic/tokenizer-stage.ts'
import { ulmfitClassifierStage } from './ulmfit/classifier-stage.ts'
import { ulmfitLanguageModelStage } from './ulmfit/language-model-stage.ts'
import { ulmfitWeightsStage } from './ulmfit/weights-stage.ts'

/** Registers the language models of this package, their output layers, the ways to evaluate them, stages of transfer. */
export const pretrain: Plugin = definePlugin({
  name: '@elman/pretrain',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ model, add, optimizer, evaluator, stage }) {
    model(recurrentModelComponent)
    model(feedForwardComponent)
    model(transformerModelComponent)
    model(hybridModelComponent)
    optimizer(prunedComponent)
    optimizer(bertAdamComponent)
    add(SCHEDULE, warmUpThenDecayComponent)
    add(SOFTMAX, fullSoftmaxComponent)
    add(SOFTMAX, mixtureOfSoftmaxesComponent)
    add(SOFTMAX, adaptiveSoftmaxComponent)
    add(SOFTMAX, sampledSoftmaxComponent)
    evaluator(staticComponent)
    evaluator(neuralCacheComponent)
    evaluator(dynamicComponent)
    evaluator(monteCarloComponent)
    stage(textStage)
    stage(labelledTextStage)
    stage(tokenizerStage)
    stage(languageModelStage)
    stage(averagePredictionsStage)
    stage(evaluateStage)
    stage(evaluateModelStage)
    stage(elmoLanguageModelComponent)
    stage(elmoEmbedComponent)
    stage(ulmfitWeightsStage)
    stage(ulmfitLanguageModelStage)
    stage(ulmfitClassifierStage)
    stage(maskedLanguageModelStage)
    stage(maskedClassifierStage)
    stage(maskedTaggerStage)
  },
})
