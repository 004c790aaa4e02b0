/** A state of several parts as one row of numbers: parts in their order, each flattened. */
import { concat, reshape, type Shape, sizeOf, split, type Tensor } from '@elman/core'

/** A part of a state: its name and its shape without the batch. */
export interface StatePart {
  readonly name: string
  readonly shape: Shape
}

/** Numbers in all parts. */
export function stateSizeOf(parts: readonly StatePart[]): number {
  return parts.reduce((size, { shape }) => size + sizeOf(shape), 0)
}

/** (batch, stateSize) to the parts, each (batch, ...shape). */
export function splitState(state: Tensor, parts: readonly StatePart[]): Tensor[] {
  const sizes = parts.map(({ shape }) => sizeOf(shape))
  const pieces = split(state, sizes, 1)
  return pieces.map((piece, i) => reshape(piece, [state.shape[0]!, ...parts[i]!.shape]))
}

/** The parts beside each other: (batch, stateSize). */
export function joinState(parts: readonly Tensor[]): Tensor {
  return concat(
    parts.map(part => reshape(part, [part.shape[0]!, sizeOf(part.shape.slice(1))])),
    1,
  )
}
