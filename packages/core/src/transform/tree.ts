import { ElmanError } from '../errors/elman-error.ts'

/** Leaves arranged in plain records and lists. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [name: string]: Tree<Leaf> }

/** The same arrangement with other leaves. */
export type MapTree<T, From, To> = T extends From ? To : { [K in keyof T]: MapTree<T[K], From, To> }

/** A leaf with its dotted path; list items are named by their index. */
export interface PathLeaf<Leaf> {
  readonly path: string
  readonly leaf: Leaf
}

/** All leaves in a fixed order (records by insertion), with their paths. */
export function leavesWithPaths<Leaf>(
  tree: unknown,
  isLeaf: (value: unknown) => boolean,
  path = '',
): PathLeaf<Leaf>[] {
  if (isLeaf(tree)) return [{ path, leaf: tree as Leaf }]
  if (typeof tree !== 'object' || tree === null) {
    throw new ElmanError('TREE_LEAF_INVALID', {
      message: `"${path === '' ? '(root)' : path}" is neither a leaf, a list nor a record`,
      found: String(tree),
    })
  }
  return Object.entries(tree).flatMap(([name, child]) =>
    leavesWithPaths<Leaf>(child, isLeaf, path === '' ? name : `${path}.${name}`),
  )
}

/** Leaves in the same order as {@link leavesWithPaths}. */
export function leavesOf<Leaf>(tree: unknown, isLeaf: (value: unknown) => boolean): Leaf[] {
  return leavesWithPaths<Leaf>(tree, isLeaf).map(({ leaf }) => leaf)
}

/** A tree like `tree` whose leaves are taken from `leaves` in order. */
export function withLeaves<To>(
  tree: unknown,
  isLeaf: (value: unknown) => boolean,
  leaves: readonly To[],
): unknown {
  let next = 0
  const build = (node: unknown): unknown => {
    if (isLeaf(node)) return leaves[next++]
    if (Array.isArray(node)) return node.map(build)
    return Object.fromEntries(Object.entries(node as object).map(([name, child]) => [name, build(child)]))
  }
  return build(tree)
}
