/** A sparse matrix, row by row (CSR); the columns of a row rise. */
export interface SparseMatrix {
  readonly rows: number
  readonly columns: number
  /** Row i has the entries offsets[i] … offsets[i + 1] − 1; [rows + 1]. */
  readonly offsets: Uint32Array
  /** Column of each entry. */
  readonly indices: Uint32Array
  /** Value of each entry, float32. */
  readonly values: Float32Array
}

/** Most entries that one matrix can have. */
export const MOST_ENTRIES = 2 ** 32 - 1

/** The transposed matrix. */
export function transposed({ rows, columns, offsets, indices, values }: SparseMatrix): SparseMatrix {
  const count = offsets[rows]!
  const places = new Uint32Array(columns + 1)
  for (let at = 0; at < count; at++) places[indices[at]! + 1]!++
  for (let column = 0; column < columns; column++) places[column + 1]! += places[column]!
  const turned: SparseMatrix = {
    rows: columns,
    columns: rows,
    offsets: places.slice(),
    indices: new Uint32Array(count),
    values: new Float32Array(count),
  }
  for (let row = 0; row < rows; row++) {
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
      const place = places[indices[at]!]!++
      turned.indices[place] = row
      turned.values[place] = values[at]!
    }
  }
  return turned
}
