/** What the figures must reach: section 8 of the embeddings reference, and the issue that asked for the package. */

/** A ratio of two contenders' rates, or one contender's rate. */
export interface Gate {
  /** Name of ours and of the other one, with the number of threads after a slash. */
  readonly ours: string
  readonly over?: string
  /** Least median of the rounds: of the ratio, or of the rate in its unit. */
  readonly least: number
  /** What the prototype reached, or what was expected before measuring. */
  readonly predicted: number
  /** Where the other figure was not measured in this run: who, and what was recorded. */
  readonly recorded?: { readonly who: string; readonly rate: number }
}

/** Figures of the prototype are from corpus A on a 2-core Zen 5; a gate on another corpus or machine is only a hint. */
export const GATES: readonly Gate[] = [
  { ours: 'elman/1', over: 'gensim/1', least: 2, predicted: 2.8 },
  { ours: 'elman/1', over: 'word2vec.c/1', least: 3, predicted: 4.9 },
  { ours: 'elman/1', over: 'fasttext/1', least: 4, predicted: 7.2 },
  { ours: 'elman/1', least: 450e3, predicted: 806e3 },
  { ours: 'elman/2', over: 'gensim/2', least: 1.5, predicted: 2.7 },
  { ours: 'elman/2', over: 'elman/1', least: 1.5, predicted: 2.07 },
  { ours: 'elman/1', over: 'elman plain typescript/1', least: 3, predicted: 5.3 },
  { ours: 'elman shared negatives/1', over: 'elman/1', least: 1.3, predicted: 1.57 },
  { ours: 'elman vocabulary and ids/1', least: 4e6, predicted: 9e6 },
  { ours: 'elman cbow/1', over: 'gensim cbow/1', least: 1, predicted: 1.5 },
  { ours: 'elman cbow/2', over: 'gensim cbow/2', least: 1, predicted: 1.5 },
  { ours: 'elman softmax/1', over: 'gensim softmax/1', least: 1, predicted: 2 },
  { ours: 'elman sub-words/1', over: 'fasttext sub-words/1', least: 1, predicted: 2 },
  { ours: 'elman sub-words/2', over: 'fasttext sub-words/2', least: 1, predicted: 2 },
  { ours: 'elman glove/1', over: 'glove c/1', least: 1, predicted: 2 },
  { ours: 'elman glove/2', over: 'glove c/2', least: 1, predicted: 2 },
  {
    ours: 'elman glove/1',
    least: 1,
    predicted: 2,
    recorded: { who: 'GloVe C head, elsewhere', rate: 0.81e6 },
  },
  {
    ours: 'elman glove/2',
    least: 1,
    predicted: 2,
    recorded: { who: 'GloVe C head, elsewhere', rate: 1.51e6 },
  },
  { ours: 'elman nearest/1', least: 1000 / 1.5, predicted: 1000 / 0.52 },
  { ours: 'elman ppmi svd/1', least: 1 / 20, predicted: 1 / 10 },
]

/** Measured rates, by name and threads: one number a round. */
export type Rates = ReadonlyMap<string, readonly number[]>

/** A gate with what was measured; undefined values where a contender was not there. */
export interface GateResult {
  readonly gate: Gate
  readonly median: number | undefined
  readonly worst: number | undefined
  readonly met: boolean | undefined
}

/** Takes the ratio of each round, then the median of the rounds. */
export function judge(rates: Rates, gates: readonly Gate[] = GATES): GateResult[] {
  return gates.map(gate => {
    const own = rates.get(gate.ours)
    const other = gate.over === undefined ? undefined : rates.get(gate.over)
    if (own === undefined || own.length === 0 || (gate.over !== undefined && other?.length !== own.length))
      return { gate, median: undefined, worst: undefined, met: undefined }
    const figures = own.map((rate, round) => rate / (other?.[round] ?? gate.recorded?.rate ?? 1))
    const middle = median(figures)
    return { gate, median: middle, worst: Math.min(...figures), met: middle >= gate.least }
  })
}

/** Middle of a list; the mean of the two middle ones when there is no single middle. */
export function median(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}
