/** How far a long piece of work has come. */
export interface EmbeddingProgress {
  /** What is being done, for a person: `count words`, `encode`, `train`, … */
  readonly phase: string
  /** Units done, and in all. */
  readonly done: number
  readonly total: number
  /** What is counted. */
  readonly unit: 'bytes' | 'words' | 'records' | 'rows'
  /** Units a second since the phase began (of this process). */
  readonly rate: number
  /** Seconds that the rest will take at that rate. */
  readonly secondsLeft: number
  /** Epoch, from 1, and number of epochs, where there are any. */
  readonly epoch?: number
  readonly epochs?: number
  /** Mean loss since the last report of the same epoch, where there is one. */
  readonly loss?: number
  /** Learning rate now, where there is one. */
  readonly learningRate?: number
}

/** Is told about progress, a few times a second at most. */
export type OnProgress = (progress: EmbeddingProgress) => void

/** Makes progress reports of one phase, with rate and time left, at most every `everyMilliseconds`. */
export function createProgressMeter(
  phase: string,
  unit: EmbeddingProgress['unit'],
  total: number,
  onProgress: OnProgress | undefined,
  everyMilliseconds = 200,
): (done: number, more?: Pick<EmbeddingProgress, 'epoch' | 'epochs' | 'loss' | 'learningRate'>) => void {
  const begin = performance.now()
  let first: number | undefined
  let last = begin
  return (done, more = {}) => {
    if (onProgress === undefined) return
    const now = performance.now()
    first ??= done
    if (now - last < everyMilliseconds && done < total) return
    last = now
    const seconds = Math.max(1e-3, (now - begin) / 1000)
    // Work done before the first report (by an earlier process) does not count for the rate.
    const rate = (first < total ? done - first : done) / seconds
    onProgress({
      phase,
      unit,
      done,
      total,
      rate,
      secondsLeft: rate > 0 ? (total - done) / rate : Number.POSITIVE_INFINITY,
      ...more,
    })
  }
}
