/** The settings in the head of a fastText .bin file: magic, version, twelve int32 and a float64, little-endian. */

import { ElmanError } from '@elman/core'

/** How a fastText model was trained, by our names. */
export interface FastTextArguments {
  readonly dimensions: number
  readonly window: number
  readonly epochs: number
  readonly minimumCount: number
  /** Noise words a pair. */
  readonly negative: number
  /** Longest run of words that a supervised model has rows for. */
  readonly wordNgrams: number
  readonly loss: 'hierarchical-softmax' | 'negative-sampling' | 'softmax' | 'one-vs-all'
  readonly model: 'cbow' | 'skip-gram' | 'supervised'
  /** Rows that sub-words (and runs of words) share. */
  readonly buckets: number
  /** Shortest and longest sub-word in characters; maximum 0: none. */
  readonly minimum: number
  readonly maximum: number
  readonly rateUpdate: number
  /** Sub-sampling threshold. */
  readonly sample: number
}

/** Version that fastText writes since 2017, and the one before. */
const FASTTEXT_VERSIONS: readonly number[] = [11, 12]
/** Bytes of magic, version and settings. */
export const FASTTEXT_HEAD_BYTES = 8 + 12 * 4 + 8

/** By the numbers of the file, which begin at 1. */
const LOSSES = ['hierarchical-softmax', 'negative-sampling', 'softmax', 'one-vs-all'] as const
const MODELS = ['cbow', 'skip-gram', 'supervised'] as const

/**
 * Decodes the head of a .bin file, behind whose magic `head` begins.
 *
 * @throws `EMBEDDING_FASTTEXT_VERSION`, `EMBEDDING_FASTTEXT_INVALID`
 */
export function decodeArguments(head: Buffer, path: string): FastTextArguments {
  const version = head.readInt32LE(4)
  if (!FASTTEXT_VERSIONS.includes(version))
    throw new ElmanError('EMBEDDING_FASTTEXT_VERSION', {
      message: `a fastText .bin of version ${version} cannot be read`,
      expected: `version ${FASTTEXT_VERSIONS.join(' or ')}`,
      where: `${path}, byte 4`,
    })
  const numbers = Array.from({ length: 12 }, (_, i) => head.readInt32LE(8 + 4 * i))
  const wrong = numbers.findIndex(value => value < 0)
  if (wrong >= 0)
    throw fastTextInvalid(path, 8 + 4 * wrong, 'a setting is negative', 'at least 0', `${numbers[wrong]}`)
  const [dimensions = 0, window = 0, epochs = 0, minimumCount = 0, negative = 0, wordNgrams = 0] = numbers
  const [loss = 0, model = 0, buckets = 0, minimum = 0, maximum = 0, rateUpdate = 0] = numbers.slice(6)
  const lossName = LOSSES[loss - 1]
  const modelName = MODELS[model - 1]
  if (lossName === undefined) throw fastTextInvalid(path, 32, 'the loss is unknown', '1 to 4', String(loss))
  if (modelName === undefined)
    throw fastTextInvalid(path, 36, 'the kind of model is unknown', '1 to 3', String(model))
  if (dimensions === 0) throw fastTextInvalid(path, 8, 'vectors have no numbers', 'at least 1', '0')
  return {
    dimensions,
    window,
    epochs,
    minimumCount,
    negative,
    wordNgrams,
    loss: lossName,
    model: modelName,
    buckets,
    minimum,
    // Supervised models of version 11 were trained without sub-words, whatever they say.
    maximum: version === 11 && modelName === 'supervised' ? 0 : maximum,
    rateUpdate,
    sample: head.readDoubleLE(56),
  }
}

/** The head of a .bin file of version 12, with its magic. */
export function encodeArguments(settings: FastTextArguments, magic: number): Buffer {
  const head = Buffer.alloc(FASTTEXT_HEAD_BYTES)
  const { dimensions, window, epochs, minimumCount, negative, wordNgrams } = settings
  const { loss, model, buckets, minimum, maximum, rateUpdate } = settings
  const kinds = [LOSSES.indexOf(loss) + 1, MODELS.indexOf(model) + 1]
  const numbers = [
    ...[magic, 12, dimensions, window, epochs, minimumCount, negative, wordNgrams],
    ...[...kinds, buckets, minimum, maximum, rateUpdate],
  ]
  for (const [i, value] of numbers.entries()) head.writeInt32LE(value, 4 * i)
  head.writeDoubleLE(settings.sample, 56)
  return head
}

/** An error about a part of a .bin file that does not fit the rest. */
export function fastTextInvalid(
  path: string,
  byte: number,
  message: string,
  expected: string,
  found: string,
): ElmanError {
  return new ElmanError('EMBEDDING_FASTTEXT_INVALID', {
    message,
    expected,
    found,
    where: `${path}, byte ${byte}`,
  })
}
