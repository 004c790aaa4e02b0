/** Names of BERT's weights in Hugging Face files, in all their variants, and where they are here. */
import type { MaskedModelConfig } from '../model-config.ts'

/** A weight: its path here, its name there, and whether it is laid out (out, in) there. */
export interface WeightName {
  readonly path: string
  readonly theirs: string
  readonly transposed: boolean
}

/** Names of the weights of an encoder, with the prefix `bert.`. */
export function encoderNames({ layers }: Pick<MaskedModelConfig, 'layers'>): WeightName[] {
  const names: WeightName[] = [
    plain('embeddings.words', 'bert.embeddings.word_embeddings.weight'),
    plain('embeddings.positions', 'bert.embeddings.position_embeddings.weight'),
    plain('embeddings.segments', 'bert.embeddings.token_type_embeddings.weight'),
    ...normNames('embeddings.norm', 'bert.embeddings.LayerNorm'),
  ]
  for (let i = 0; i < layers; i++) {
    const [ours, theirs] = [`blocks.${i}`, `bert.encoder.layer.${i}`]
    for (const part of ['query', 'key', 'value'])
      names.push(...linearNames(`${ours}.attention.${part}`, `${theirs}.attention.self.${part}`))
    names.push(
      ...linearNames(`${ours}.attention.output`, `${theirs}.attention.output.dense`),
      ...normNames(`${ours}.attentionNorm`, `${theirs}.attention.output.LayerNorm`),
      ...linearNames(`${ours}.feedForward.inner`, `${theirs}.intermediate.dense`),
      ...linearNames(`${ours}.feedForward.outer`, `${theirs}.output.dense`),
      ...normNames(`${ours}.feedForwardNorm`, `${theirs}.output.LayerNorm`),
    )
  }
  return [...names, ...linearNames('pooler', 'bert.pooler.dense')]
}

/** Names of the weights of the heads for pre-training. */
export function headNames({
  tied,
  nextSentence,
}: Pick<MaskedModelConfig, 'tied' | 'nextSentence'>): WeightName[] {
  return [
    ...linearNames('masked.transform', 'cls.predictions.transform.dense'),
    ...normNames('masked.norm', 'cls.predictions.transform.LayerNorm'),
    plain('masked.bias', 'cls.predictions.bias'),
    ...(tied ? [] : [plain('masked.decoder', 'cls.predictions.decoder.weight')]),
    ...(nextSentence ? linearNames('nextSentence', 'cls.seq_relationship') : []),
  ]
}

/** Names of the weights of a head for classes. */
export function classifierNames(): WeightName[] {
  return linearNames('classifier', 'classifier')
}

/**
 * A name of a file in its newest form: with `bert.` where it belongs, `weight` and `bias` for `gamma` and `beta`.
 * Undefined for what is no parameter: the numbers of positions.
 */
export function newestName(name: string): string | undefined {
  if (/(^|\.)embeddings\.(position_ids|token_type_ids)$/.test(name)) return undefined
  const prefixed = /^(embeddings|encoder|pooler)\./.test(name) ? `bert.${name}` : name
  return prefixed
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias')
}

function plain(path: string, theirs: string): WeightName {
  return { path, theirs, transposed: false }
}

function linearNames(path: string, theirs: string): WeightName[] {
  return [
    { path: `${path}.weight`, theirs: `${theirs}.weight`, transposed: true },
    plain(`${path}.bias`, `${theirs}.bias`),
  ]
}

function normNames(path: string, theirs: string): WeightName[] {
  return [plain(`${path}.gain`, `${theirs}.weight`), plain(`${path}.bias`, `${theirs}.bias`)]
}
