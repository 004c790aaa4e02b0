/** `config.json` of Hugging Face's BERT, read and written. */
import { ElmanError } from '@elman/core'
import { z } from 'zod'
import { type MaskedModelConfig, maskedModelConfig } from '../model-config.ts'

const ACTIVATIONS = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  relu: 'relu',
} as const

const count = z.int().positive()
const rate = z.number().min(0).lt(1).default(0.1)

const bertConfig = z.looseObject({
  model_type: z.literal('bert').optional(),
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  max_position_embeddings: count.default(512),
  type_vocab_size: count.default(2),
  hidden_act: z.enum(Object.keys(ACTIVATIONS) as [keyof typeof ACTIVATIONS]).default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  hidden_dropout_prob: rate,
  attention_probs_dropout_prob: rate,
  position_embedding_type: z.literal('absolute').optional(),
  is_decoder: z.literal(false).optional(),
  tie_word_embeddings: z.boolean().default(true),
})

/**
 * Options of the model that a `config.json` describes.
 *
 * @param where the file, for the error
 * @throws `BERT_CONFIG_INVALID`
 */
export function parseBertConfig(
  json: unknown,
  where: string,
): { readonly config: MaskedModelConfig; readonly vocabularySize: number } {
  const parsed = bertConfig.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    throw new ElmanError('BERT_CONFIG_INVALID', {
      message: `${issue.path.join('.') || 'the whole'} of a config of BERT is not as it should be: ${issue.message}`,
      where,
      hint: 'only BERT itself is read: absolute positions, no decoder, GELU or ReLU',
    })
  }
  const its = parsed.data
  const config = maskedModelConfig.parse({
    size: its.hidden_size,
    layers: its.num_hidden_layers,
    heads: its.num_attention_heads,
    inner: its.intermediate_size,
    positions: its.max_position_embeddings,
    segments: its.type_vocab_size,
    activation: ACTIVATIONS[its.hidden_act],
    epsilon: its.layer_norm_eps,
    deviation: its.initializer_range,
    dropout: its.hidden_dropout_prob,
    attentionDropout: its.attention_probs_dropout_prob,
    tied: its.tie_word_embeddings,
  })
  return { config, vocabularySize: its.vocab_size }
}

/** The `config.json` of a model. */
export function bertConfigJson(
  config: MaskedModelConfig,
  vocabularySize: number,
): { [name: string]: unknown } {
  const activation = { gelu: 'gelu', 'gelu-tanh': 'gelu_new', relu: 'relu' }[config.activation]
  return {
    architectures: [config.nextSentence ? 'BertForPreTraining' : 'BertForMaskedLM'],
    model_type: 'bert',
    vocab_size: vocabularySize,
    hidden_size: config.size,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: config.inner,
    max_position_embeddings: config.positions,
    type_vocab_size: config.segments,
    hidden_act: activation,
    layer_norm_eps: config.epsilon,
    initializer_range: config.deviation,
    hidden_dropout_prob: config.dropout,
    attention_probs_dropout_prob: config.attentionDropout,
    tie_word_embeddings: config.tied,
  }
}
