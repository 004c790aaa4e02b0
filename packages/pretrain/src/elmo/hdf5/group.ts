/** Groups: names and addresses of what they hold, by symbol table (version 1) or compact links (version 2). */
import { type ByteView, UNDEFINED_ADDRESS } from './byte-view.ts'
import { damaged, unsupported } from './hdf5-error.ts'
import { type HeaderMessage, MESSAGE } from './object-header.ts'

/** A member of a group. */
export interface Hdf5Link {
  readonly name: string
  /** Address of its object header. */
  readonly address: number
}

const LONGEST_NAME = 4096

/** The members of a group, from the messages of its header. */
export function readLinks(view: ByteView, messages: readonly HeaderMessage[]): readonly Hdf5Link[] {
  const table = messages.find(({ type }) => type === MESSAGE.symbolTable)
  if (table !== undefined) return readSymbolTable(view, table)
  const info = messages.find(({ type }) => type === MESSAGE.linkInfo)
  if (info === undefined) throw damaged(view.where, 'an object that is neither group nor dataset')
  const indexed = view.uint(info.at + 1, 1) & 1 ? 8 : 0
  if (view.address(info.at + 2 + indexed) !== UNDEFINED_ADDRESS) {
    throw unsupported(view.where, 'a group whose links lie in a fractal heap')
  }
  return messages.filter(({ type }) => type === MESSAGE.link).map(message => readLink(view, message))
}

function readLink(view: ByteView, { at, size }: HeaderMessage): Hdf5Link {
  const flags = view.uint(at + 1, 1)
  let next = at + 2
  if (flags & 8) {
    if (view.uint(next, 1) !== 0) throw unsupported(view.where, 'a soft or external link')
    next += 1
  }
  next += (flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0)
  const width = 1 << (flags & 3)
  const length = width === 8 ? view.address(next) : view.uint(next, width as 1 | 2 | 4)
  next += width
  if (length < 1 || length > LONGEST_NAME || next + length + 8 > at + size) {
    throw damaged(view.where, `a link whose name has ${length} bytes, in a message of ${size}`)
  }
  return { name: decodeName(view, next, length), address: view.address(next + length) }
}

/** A B-tree whose leaves are tables of symbols, with the names in a local heap. */
function readSymbolTable(view: ByteView, { at, size }: HeaderMessage): readonly Hdf5Link[] {
  if (size < 16) throw damaged(view.where, `a symbol table message of ${size} bytes`)
  const heap = view.address(at + 8)
  view.signature(heap, 'HEAP')
  const names = { at: view.address(heap + 24), size: view.address(heap + 8) }
  view.bytes(names.at, names.size)
  const seen = new Set<number>()
  const links: Hdf5Link[] = []
  const walk = (node: number, above: number) => {
    if (seen.has(node)) throw damaged(view.where, `a B-tree that comes back to byte ${node}`)
    seen.add(node)
    view.signature(node, 'TREE')
    const level = view.uint(node + 5, 1)
    if (view.uint(node + 4, 1) !== 0) throw damaged(view.where, `a B-tree of chunks at byte ${node}`)
    if (level >= above) throw damaged(view.where, `level ${level} of a B-tree below level ${above}`)
    const children = view.uint(node + 6, 2)
    for (let child = 0; child < children; child++) {
      const address = view.address(node + 24 + 8 + 16 * child)
      if (level > 0) walk(address, level)
      else links.push(...readSymbols(view, address, names))
    }
  }
  walk(view.address(at), 256)
  return links
}

function readSymbols(
  view: ByteView,
  node: number,
  names: { readonly at: number; readonly size: number },
): Hdf5Link[] {
  view.signature(node, 'SNOD')
  const count = view.uint(node + 6, 2)
  view.bytes(node, 8 + 40 * count)
  return Array.from({ length: count }, (_, index) => {
    const entry = node + 8 + 40 * index
    if (view.uint(entry + 16, 4) === 2) throw unsupported(view.where, 'a symbolic link')
    const offset = view.address(entry)
    if (offset < 0 || offset >= names.size) throw damaged(view.where, `a name at ${offset} of ${names.size}`)
    const most = Math.min(LONGEST_NAME, names.size - offset)
    const length = view.bytes(names.at + offset, most).indexOf(0)
    if (length < 1) throw damaged(view.where, `a name without end at ${offset} of its heap`)
    return { name: decodeName(view, names.at + offset, length), address: view.address(entry + 8) }
  })
}

function decodeName(view: ByteView, at: number, length: number): string {
  const name = new TextDecoder().decode(view.bytes(at, length))
  if (name.includes('/') || name.includes('\0')) throw damaged(view.where, `the name ${JSON.stringify(name)}`)
  return name
}
