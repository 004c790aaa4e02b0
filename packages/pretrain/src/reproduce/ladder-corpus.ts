/** The text of a ladder as the `corpus` part of experiments. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ElmanError } from '@elman/core'
import type { Ladder } from './ladder.ts'
import { writeTextHead } from './text-head.ts'

/** Where a ladder's text is. */
export interface LadderTextOptions {
  /** Folder with ptb.train.txt, ptb.valid.txt and ptb.test.txt, or with a folder ptb that has them. */
  readonly data: string | undefined
  /** Whether the three files hold another text than Penn Treebank: then no published figure is compared with. */
  readonly otherText: boolean
  /** Folder of the ladder's rows, absolute: shortened texts go there. */
  readonly directory: string
}

/** A ladder's text. */
export interface LadderCorpus {
  readonly corpus: { readonly type: string; readonly [option: string]: unknown }
  /** Whether it is the text that figures were published for. */
  readonly publishedText: boolean
}

const FILES = ['train', 'valid', 'test'].map(split => `ptb.${split}.txt`)

/**
 * The corpus of a ladder. Penn Treebank itself is checked file by file when it is read; a shortened text is written
 * under the ladder's directory first.
 *
 * @throws `REPRODUCE_DATA_MISSING` when there are no such files
 */
export async function ladderCorpus(
  ladder: Ladder,
  { data, otherText, directory }: LadderTextOptions,
): Promise<LadderCorpus> {
  const { text } = ladder
  if (text.kind === 'corpus') return { corpus: text.corpus, publishedText: true }
  const folder = findFiles(data)
  const [train, valid, test] = FILES.map(file => join(folder, file)) as [string, string, string]
  const publishedText = !otherText
  const corpus = otherText ? { type: 'text-files', train, valid, test } : { type: 'ptb', directory: folder }
  if (text.kind === 'penn-treebank') return { corpus, publishedText }
  const { kind: _, ...sizes } = text
  return {
    corpus: await writeTextHead(corpus, sizes, join(directory, 'text'), { baseDirectory: directory }),
    publishedText,
  }
}

/** @throws `REPRODUCE_DATA_MISSING` */
function findFiles(data: string | undefined): string {
  const candidates = data === undefined ? [] : [data, join(data, 'ptb')]
  const found = candidates.find(folder => FILES.every(file => existsSync(join(folder, file))))
  if (found !== undefined) return found
  throw new ElmanError('REPRODUCE_DATA_MISSING', {
    message: 'Penn Treebank, which cannot be passed on with elman, was not found',
    expected: `a folder with ${FILES.join(', ')}`,
    ...(data === undefined ? {} : { found: `no such files in ${data}` }),
    hint: [
      'give the folder by --data DIR, by elman data add ptb DIR, or by the environment variable ELMAN_DATA',
      'shakespeare-reduced needs no text of yours',
    ],
  })
}
