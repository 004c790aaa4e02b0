/** The symbol table of a written group: heap of names, leaves of symbols, and the tree above them. */
import { ByteList, LEAF_HALF, NODE_HALF } from './hdf5-blocks.ts'

/** What stands above one or more leaves: where it is, and the last name below it by its place in the heap. */
interface Node {
  readonly at: number
  readonly last: number
}

/** The blocks of a group's symbol table, to be written at one address. */
export interface SymbolTable {
  readonly bytes: Uint8Array
  /** Addresses. */
  readonly tree: number
  readonly heap: number
}

const LEAF_SIZE = 8 + 40 * 2 * LEAF_HALF
const NODE_SIZE = 24 + 8 * (2 * NODE_HALF + 1) + 8 * 2 * NODE_HALF
const NOWHERE = 0xffffffffffffffffn

/**
 * Lays out a group.
 *
 * @param members - Names and addresses of object headers, in any order.
 * @param at - Address of the first byte; a multiple of 8.
 */
export function symbolTable(members: readonly (readonly [string, number])[], at: number): SymbolTable {
  const sorted = members
    .map(([name, address]) => ({ name: new TextEncoder().encode(name), address }))
    .sort((a, b) => compareBytes(a.name, b.name))
  const names = layNames(sorted.map(({ name }) => name))
  const parts: Uint8Array[] = []
  let next = at
  const put = (block: Uint8Array): number => {
    const address = next
    parts.push(block)
    next += block.length
    return address
  }
  const heapData = put(names.bytes)
  const heap = put(
    new ByteList()
      .bytes(...letters('HEAP'), 0, 0, 0, 0)
      .uint(names.bytes.length, 8)
      .uint(1, 8)
      .uint(heapData, 8)
      .done(),
  )
  let level = inGroupsOf(
    2 * LEAF_HALF,
    sorted.map((member, index) => ({ ...member, offset: names.offsets[index]! })),
  ).map((leaf): Node => {
    const block = new ByteList().bytes(...letters('SNOD'), 1, 0).uint(leaf.length, 2)
    for (const { offset, address } of leaf)
      block.uint(offset, 8).uint(address, 8).uint(0, 8).uint(0, 8).uint(0, 8)
    return { at: put(block.padTo(LEAF_SIZE).done()), last: leaf.at(-1)!.offset }
  })
  for (let height = 0; ; height++) {
    const nodes = inGroupsOf(2 * NODE_HALF, level)
    const addresses = nodes.map((_, index) => next + index * NODE_SIZE)
    let before = 0 // the empty name
    level = nodes.map((children, index): Node => {
      const [left, right] = [addresses[index - 1] ?? NOWHERE, addresses[index + 1] ?? NOWHERE]
      const block = new ByteList().bytes(...letters('TREE'), 0, height).uint(children.length, 2)
      block.uint(left, 8).uint(right, 8).uint(before, 8)
      for (const child of children) block.uint(child.at, 8).uint(child.last, 8)
      before = children.at(-1)?.last ?? 0
      return { at: put(block.padTo(NODE_SIZE).done()), last: before }
    })
    if (level.length === 1) break
  }
  return { bytes: joined(parts), tree: level[0]!.at, heap }
}

/** Names behind each other, each with its zero and padded to 8 bytes, after 8 zeros for the empty name. */
function layNames(names: readonly Uint8Array[]): { bytes: Uint8Array; offsets: number[] } {
  const offsets: number[] = []
  let end = 8
  for (const name of names) {
    offsets.push(end)
    end += Math.ceil((name.length + 1) / 8) * 8
  }
  const bytes = new Uint8Array(end)
  for (const [index, name] of names.entries()) bytes.set(name, offsets[index]!)
  return { bytes, offsets }
}

/** Lists of at most `size`; one empty list where there is nothing. */
function inGroupsOf<T>(size: number, list: readonly T[]): T[][] {
  const count = Math.max(size === 2 * LEAF_HALF ? 0 : 1, Math.ceil(list.length / size))
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size))
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}

function letters(text: string): number[] {
  return [...text].map(letter => letter.charCodeAt(0))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}
