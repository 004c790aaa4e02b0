/**
 * What every tokenizer does, whatever it is made of: text in, ids out, and back.
 *
 * Offsets and word numbers point into the text that was given, so labels and layer vectors can be laid on it.
 */
import { type DescriptorOf, defineExtensionPoint, type ExtensionPoint, type JsonValue } from '@elman/core'

/** A text as tokens. All arrays have one entry a token, `offsets` two. */
export interface Encoding {
  readonly ids: Int32Array
  readonly tokens: readonly string[]
  /**
   * Begin and end of each token in the text, in UTF-16 units: `text.slice(offsets[2 * i], offsets[2 * i + 1])`.
   * Tokens that a template added have an empty range at 0.
   */
  readonly offsets: Int32Array
  /** Number of the word a token is part of, counted from 0 in each text; -1 for tokens that a template added. */
  readonly wordIndex: Int32Array
  /** 0 for tokens of the first text, 1 for those of the second where the template says so. */
  readonly typeIds: Uint8Array
  /** 1 for tokens of the text, 0 for padding. */
  readonly attentionMask: Uint8Array
}

/** Ids of tokens with a meaning of their own; those that a tokenizer has. */
export interface SpecialIds {
  readonly unknown?: number
  readonly padding?: number
  readonly beginning?: number
  readonly end?: number
  /** `[CLS]`: stands before a text whose class is asked for. */
  readonly classification?: number
  /** `[SEP]`: stands behind each text. */
  readonly separator?: number
  readonly mask?: number
}

/** How to encode one text. */
export interface EncodeOptions {
  /** A second text, for tokenizers whose template knows pairs. */
  readonly pair?: string
  /** Whether the template adds its tokens; true unless given. */
  readonly addSpecialTokens?: boolean
}

/** How to write ids as text. */
export interface DecodeOptions {
  /** Whether special tokens are left out; true unless given. */
  readonly skipSpecialTokens?: boolean
}

/** Cuts text into tokens of a fixed vocabulary. Immutable, apart from caches. */
export interface Tokenizer {
  /** Kind, such as `word`, `byte`, `word-piece`, `bpe`. */
  readonly kind: string
  /** Ids are 0 … vocabularySize - 1. */
  readonly vocabularySize: number
  readonly special: SpecialIds
  /** SHA-256 of the canonical form of `toJson()`: equal hashes mean equal ids for every text. */
  readonly hash: string
  /** @throws `TOKENIZER_TOKEN_UNKNOWN` when the vocabulary has no token for a part of the text */
  encode(text: string, options?: EncodeOptions): Encoding
  /** Encodes texts, and pads them as the tokenizer's padding settings say. */
  encodeBatch(texts: readonly string[], options?: EncodeOptions): readonly Encoding[]
  /**
   * The text of ids, as well as it can be known.
   *
   * @throws `TOKENIZER_ID_UNKNOWN`
   */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string
  /** Id of a token, undefined when the vocabulary lacks it. */
  idOf(token: string): number | undefined
  /** Token of an id, undefined when there is none. */
  tokenOf(id: number): string | undefined
  /** The tokenizer as data; {@link tokenizerFromJson} makes it again. */
  toJson(): JsonValue
}

/** What a tokenizer is made from. */
export interface TokenizerTask {
  /** Texts to learn a vocabulary from; read once. */
  readonly texts: Iterable<string>
  /** Folder that relative paths of the config start from. */
  readonly baseDirectory: string
}

/** What the components of extension point `tokenizer` create. */
export interface TokenizerRecipe {
  /** Learns the tokenizer from the texts, or reads it from a file. */
  prepare(task: TokenizerTask): Promise<Tokenizer>
}

declare module '@elman/core' {
  interface ExtensionPoints {
    tokenizer: { product: TokenizerRecipe }
  }
}

/** Ways to get a tokenizer: `word`, `byte`, `word-piece`, …, and those of plugins. */
export const TOKENIZER: ExtensionPoint<DescriptorOf<'tokenizer'>> = defineExtensionPoint('tokenizer')
