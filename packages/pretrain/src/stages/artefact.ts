/**
 * What stages hand to each other: a folder whose `artefact.json` says what it is and holds the hash of every file.
 * Facts that two artefacts must agree on (vocabulary, tokenizer, direction) are compared before a stage starts.
 */

/** What an artefact says of itself besides its files. */
export interface ArtefactFacts {
  /** SHA-256 of the vocabulary, where ids mean something. */
  readonly vocabulary?: string
  /** SHA-256 of the tokenizer, where text was cut by one. */
  readonly tokenizer?: string
  /** Which way a language model reads. */
  readonly direction?: 'forward' | 'backward' | 'both'
  /** Paths of parameters by the names that the source of weights has for them, where they were imported. */
  readonly keyMap?: { readonly [theirs: string]: string }
  /** Whatever else is worth knowing: sizes, scores, the source of weights. */
  readonly [fact: string]: unknown
}

/** An artefact in its folder. */
export interface Artefact {
  /** Such as `text`, `tokenizer`, `language-model`, `vectors`, `classifier`, `encoder`, `predictions`. */
  readonly kind: string
  /** Version of the form of its files. */
  readonly schema: number
  /** Folder; absolute. */
  readonly path: string
  /** SHA-256 over card and files: equal hashes mean equal artefacts. */
  readonly hash: string
  /** Hash of the complete config that made it. */
  readonly config: string
  readonly facts: ArtefactFacts
}
