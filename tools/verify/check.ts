/** One claim of the documents and the measurement that tells whether it holds. */
export interface Check {
  /** What follows `verify`. */
  readonly name: string
  /** The claim, as the documents make it. */
  readonly claim: string
  /** How far the measurement may be off. */
  readonly tolerance: string
  /** How long it usually takes on two cores. */
  readonly duration: string
  /** What it needs besides this repository. */
  readonly needs?: string
  /** Measures; never reads a recorded result. */
  run(options: CheckOptions): Promise<CheckResult>
}

/** What a check is given. */
export interface CheckOptions {
  /** Folder of the corpora that cannot be bundled. */
  readonly data: string | undefined
  /** Prints a line on the way. */
  readonly note: (text: string) => void
}

/** What was measured. */
export interface CheckResult {
  readonly measured: Readonly<Record<string, unknown>>
  readonly pass: boolean
}

/**
 * The data folder of a check that cannot do without.
 *
 * @throws Error that says how to give it
 */
export function requireData({ data }: CheckOptions): string {
  if (data !== undefined) return data
  throw new Error(
    'this check needs corpora that cannot be bundled: --data DIR, where DIR holds ptb/ and wikitext-2/',
  )
}
