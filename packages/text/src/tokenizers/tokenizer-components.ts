/** The tokenizers of this package as components of extension point `tokenizer`. */
import { resolve } from 'node:path'
import { defineComponent, type PluginApi } from '@elman/core'
import { z } from 'zod'
import { TOKENIZER, type Tokenizer, type TokenizerRecipe } from './tokenizer.ts'
import { loadTokenizer } from './tokenizer-file.ts'
import { byteBpeConfig, trainByteBpe, trainWordBpe, wordBpeConfig } from './train/train-bpe.ts'
import { trainWordPiece, wordPieceConfig } from './train/train-word-piece.ts'
import { byteTokenizer, trainCharacterTokenizer } from './units/unit-tokenizer.ts'
import { trainWordTokenizer, wordTokenizerConfig } from './words/word-tokenizer.ts'

const trained = (train: (texts: Iterable<string>) => Tokenizer): TokenizerRecipe => ({
  prepare: async ({ texts }) => train(texts),
})

/** Adds `word`, `byte`, `character`, `word-piece`, `byte-bpe`, `word-bpe` and `file` for a plugin's `register`. */
export function addTokenizers(add: PluginApi['add']): void {
  add(
    TOKENIZER,
    defineComponent(TOKENIZER, {
      type: 'word',
      summary: 'words with the special tokens and rules of fastai',
      config: wordTokenizerConfig,
      create: config => trained(texts => trainWordTokenizer(texts, config)),
    }),
  )
  add(
    TOKENIZER,
    defineComponent(TOKENIZER, {
      type: 'byte',
      summary: 'the 256 bytes of UTF-8',
      config: z.strictObject({}),
      create: () => trained(() => byteTokenizer()),
    }),
  )
  add(
    TOKENIZER,
    defineComponent(TOKENIZER, {
      type: 'character',
      summary: 'Unicode code points of the texts',
      config: z.strictObject({
        minimumCount: z.int().min(1).default(1).describe('rarer characters are unknown'),
      }),
      create: config => trained(texts => trainCharacterTokenizer(texts, config)),
    }),
  )
  add(
    TOKENIZER,
    defineComponent(TOKENIZER, {
      type: 'word-piece',
      summary: 'pieces of words by BERT, longest match first',
      config: wordPieceConfig,
      create: config => trained(texts => trainWordPiece(texts, config)),
    }),
  )
  add(
    TOKENIZER,
    defineComponent(TOKENIZER, {
      type: 'byte-bpe',
      summary: 'byte-pair encoding over bytes by GPT-2',
      config: byteBpeConfig,
      create: config => trained(texts => trainByteBpe(texts, config)),
    }),
  )
  add(
    TOKENIZER,
    defineComponent(TOKENIZER, {
      type: 'word-bpe',
      summary: 'byte-pair encoding over words with a mark at their end',
      config: wordBpeConfig,
      create: config => trained(texts => trainWordBpe(texts, config)),
    }),
  )
  add(
    TOKENIZER,
    defineComponent(TOKENIZER, {
      type: 'file',
      summary: 'a tokenizer of elman, or a tokenizer.json of Hugging Face',
      config: z.strictObject({ file: z.string().min(1).describe('path, relative to the config') }),
      create: ({ file }): TokenizerRecipe => ({
        prepare: ({ baseDirectory }) => loadTokenizer(resolve(baseDirectory, file)),
      }),
    }),
  )
}
