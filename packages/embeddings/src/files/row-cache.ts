/** Keeps the rows that were asked for last. */
export class RowCache {
  readonly #capacity: number
  /** In the order of last use, oldest first: a Map keeps the order of insertion. */
  readonly #rows = new Map<number, Float32Array>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(row: number): Float32Array | undefined {
    const found = this.#rows.get(row)
    if (found === undefined) return undefined
    this.#rows.delete(row)
    this.#rows.set(row, found)
    return found
  }

  set(row: number, vector: Float32Array): void {
    this.#rows.set(row, vector)
    if (this.#rows.size <= this.#capacity) return
    for (const oldest of this.#rows.keys()) {
      this.#rows.delete(oldest)
      return
    }
  }
}
