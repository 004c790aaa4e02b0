/** Object headers: the list of messages that say what a group or a dataset is. Versions 1 and 2. */
import type { ByteView } from './byte-view.ts'
import { damaged } from './hdf5-error.ts'

/** A message of an object header. */
export interface HeaderMessage {
  readonly type: number
  /** First byte of its content, and how many there are. */
  readonly at: number
  readonly size: number
}

/** Types of messages that matter here. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  continuation: 0x10,
  symbolTable: 0x11,
} as const

/** More blocks or messages than any real header has. */
const LARGEST = 10_000

/** A run of bytes that holds messages. */
interface Block {
  readonly at: number
  readonly end: number
}

/** All messages of the header at an address, those in continuation blocks too. */
export function readMessages(view: ByteView, address: number): readonly HeaderMessage[] {
  const second = view.uint(address, 1) !== 1
  const { first, messageHeader } = second ? secondVersion(view, address) : firstVersion(view, address)
  const blocks = [first]
  const messages: HeaderMessage[] = []
  for (let index = 0; index < blocks.length; index++) {
    if (index > LARGEST) throw damaged(view.where, `an object header without end at byte ${address}`)
    for (const message of messagesOf(view, blocks[index]!, second, messageHeader)) {
      if (messages.length > LARGEST) throw damaged(view.where, `too many messages at byte ${address}`)
      messages.push(message)
      if (message.type === MESSAGE.continuation) blocks.push(continued(view, message, second))
    }
  }
  return messages
}

function firstVersion(view: ByteView, address: number): { first: Block; messageHeader: number } {
  const at = address + 16 // version, reserved, number of messages, references, size, padding to 8
  return { first: block(view, at, view.uint(address + 8, 4)), messageHeader: 8 }
}

function secondVersion(view: ByteView, address: number): { first: Block; messageHeader: number } {
  view.signature(address, 'OHDR')
  const version = view.uint(address + 4, 1)
  if (version !== 2) throw damaged(view.where, `object header of version ${version} at byte ${address}`)
  const flags = view.uint(address + 5, 1)
  const at = address + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0)
  const width = 1 << (flags & 3)
  const size = width === 8 ? view.address(at) : view.uint(at, width as 1 | 2 | 4)
  return { first: block(view, at + width, size), messageHeader: flags & 4 ? 6 : 4 }
}

function block(view: ByteView, at: number, length: number): Block {
  view.bytes(at, length)
  return { at, end: at + length }
}

function continued(view: ByteView, message: HeaderMessage, second: boolean): Block {
  if (message.size < 16) throw damaged(view.where, `a continuation of ${message.size} bytes`)
  const at = view.address(message.at)
  const length = view.address(message.at + 8)
  if (!second) return block(view, at, length)
  view.signature(at, 'OCHK')
  return block(view, at + 4, length - 8) // without signature and checksum
}

function* messagesOf(
  view: ByteView,
  { at, end }: Block,
  second: boolean,
  header: number,
): Generator<HeaderMessage> {
  let next = at
  while (next + header <= end) {
    const type = view.uint(next, second ? 1 : 2)
    const size = view.uint(next + (second ? 1 : 2), 2)
    if (next + header + size > end) {
      throw damaged(view.where, `a message of ${size} bytes at byte ${next}`, `its end by byte ${end}`)
    }
    yield { type, at: next + header, size }
    next += header + size
  }
}
