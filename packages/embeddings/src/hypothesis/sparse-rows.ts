/** A sparse matrix by rows (CSR), its columns ascending within a row; what co-occurrence counts and PPMI come as. */
export interface SparseRows {
  /** Row r is the entries rowStart[r] … rowStart[r + 1] − 1. */
  readonly rowStart: ArrayLike<number>
  readonly columns: ArrayLike<number>
  readonly values: ArrayLike<number>
}

/** The contexts of words: how often each occurred near them, and how much more often than chance. */
export interface ContextRows {
  /** Weighted counts, word by context. */
  readonly counts: SparseRows
  /** Positive pointwise mutual information of the same. */
  readonly ppmi: SparseRows
}
