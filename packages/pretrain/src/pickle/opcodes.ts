/** Opcodes of pickle protocols 0 to 5, those that build objects by class left out. Names as in Python's `pickletools`. */
import type { PickleMachine } from './pickle-machine.ts'
import { isKey, isList, isRecord, type PickleKey, type StackValue } from './pickle-value.ts'

type Opcode = (machine: PickleMachine) => void

/** Longest whole number, in bytes: ids and lengths need eight. */
const LONGEST_NUMBER = 64

const code = (letter: string): number => letter.charCodeAt(0)

/** What each byte does. */
export const OPCODES: ReadonlyMap<number, Opcode> = new Map<number, Opcode>([
  // Protocol and frames
  [0x80, protocol],
  [0x95, ({ bytes }) => void bytes.length8()],
  // Constants
  [code('N'), ({ push }) => push(null)],
  [0x88, ({ push }) => push(true)],
  [0x89, ({ push }) => push(false)],
  // Numbers
  [code('I'), lineInteger],
  [code('L'), lineLong],
  [code('F'), lineFloat],
  [code('J'), ({ push, bytes }) => push(bytes.signed())],
  [code('K'), ({ push, bytes }) => push(bytes.unsigned(1))],
  [code('M'), ({ push, bytes }) => push(bytes.unsigned(2))],
  [0x8a, machine => long(machine, machine.bytes.unsigned(1))],
  [0x8b, machine => long(machine, machine.bytes.unsigned(4))],
  [code('G'), ({ push, bytes }) => push(bytes.float())],
  // Texts
  [code('S'), lineString],
  [code('T'), ({ push, bytes }) => push(bytes.text(bytes.unsigned(4)))],
  [code('U'), ({ push, bytes }) => push(bytes.text(bytes.unsigned(1)))],
  [code('V'), lineUnicode],
  [code('X'), ({ push, bytes }) => push(bytes.text(bytes.unsigned(4)))],
  [0x8c, ({ push, bytes }) => push(bytes.text(bytes.unsigned(1)))],
  [0x8d, ({ push, bytes }) => push(bytes.text(bytes.length8()))],
  // Lists and tuples
  [code(']'), ({ push }) => push([])],
  [code('l'), machine => machine.push(machine.series())],
  [code('a'), append],
  [code('e'), appendSeries],
  [code(')'), ({ push }) => push(Object.freeze([]))],
  [code('t'), machine => machine.push(Object.freeze(machine.series()))],
  [0x85, machine => tuple(machine, 1)],
  [0x86, machine => tuple(machine, 2)],
  [0x87, machine => tuple(machine, 3)],
  // Dictionaries
  [code('}'), ({ push }) => push(new Map())],
  [code('d'), newDictionary],
  [code('s'), setItem],
  [code('u'), setItems],
  // Stack
  [code('('), ({ mark }) => mark()],
  [code('0'), ({ pop }) => void pop()],
  [code('1'), ({ series }) => void series()],
  [code('2'), ({ push, top }) => push(top())],
  // Memory
  [code('g'), machine => recall(machine, lineNumber(machine))],
  [code('h'), machine => recall(machine, machine.bytes.unsigned(1))],
  [code('j'), machine => recall(machine, machine.bytes.unsigned(4))],
  [code('p'), machine => void machine.memo.set(lineNumber(machine), machine.top())],
  [code('q'), machine => void machine.memo.set(machine.bytes.unsigned(1), machine.top())],
  [code('r'), machine => void machine.memo.set(machine.bytes.unsigned(4), machine.top())],
  [0x94, ({ memo, top }) => void memo.set(memo.size, top())],
  // Names, calls and what lies outside
  [code('c'), machine => global(machine, machine.bytes.line(), machine.bytes.line())],
  [0x93, stackGlobal],
  [code('R'), reduce],
  [code('b'), build],
  [code('Q'), machine => machine.push(machine.persistent(machine.pop()))],
  [code('P'), machine => machine.push(machine.persistent(machine.bytes.line()))],
  // Refused whatever they come with
  [code('i'), ({ bytes, refused }) => fail(refused(`an instance of ${bytes.line()}.${bytes.line()} (INST)`))],
  [code('o'), ({ refused }) => fail(refused('an instance of a class (OBJ)'))],
  [0x81, ({ refused }) => fail(refused('a new object of a class (NEWOBJ)'))],
  [0x92, ({ refused }) => fail(refused('a new object of a class (NEWOBJ_EX)'))],
  [0x82, ({ bytes, refused }) => fail(refused(`extension ${bytes.unsigned(1)} (EXT1)`))],
  [0x83, ({ bytes, refused }) => fail(refused(`extension ${bytes.unsigned(2)} (EXT2)`))],
  [0x84, ({ bytes, refused }) => fail(refused(`extension ${bytes.unsigned(4)} (EXT4)`))],
  [0x8f, ({ refused }) => fail(refused('a set (EMPTY_SET)'))],
  [0x90, ({ refused }) => fail(refused('a set (ADDITEMS)'))],
  [0x91, ({ refused }) => fail(refused('a frozen set (FROZENSET)'))],
  [code('B'), ({ refused }) => fail(refused('raw bytes (BINBYTES)'))],
  [code('C'), ({ refused }) => fail(refused('raw bytes (SHORT_BINBYTES)'))],
  [0x8e, ({ refused }) => fail(refused('raw bytes (BINBYTES8)'))],
  [0x96, ({ refused }) => fail(refused('raw bytes (BYTEARRAY8)'))],
  [0x97, ({ refused }) => fail(refused('a buffer from outside (NEXT_BUFFER)'))],
  [0x98, ({ refused }) => fail(refused('a buffer from outside (READONLY_BUFFER)'))],
])

function fail(error: Error): never {
  throw error
}

function protocol({ bytes, damaged }: PickleMachine): void {
  const version = bytes.byte()
  if (version > 5) throw damaged(`protocol ${version}, known are 0 to 5`)
}

/** A whole number, as a bigint where a double does not hold it. */
function whole(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function digits({ bytes, damaged }: PickleMachine, ending = ''): bigint {
  const line = bytes.line()
  if (line.length <= LONGEST_NUMBER && line.endsWith(ending)) {
    const text = line.slice(0, line.length - ending.length)
    if (/^-?\d+$/.test(text)) return BigInt(text)
  }
  throw damaged('a line that is no whole number')
}

function lineInteger(machine: PickleMachine): void {
  const { bytes, push, damaged } = machine
  const line = bytes.line()
  const isTruth = line === '00' || line === '01'
  if (line.length > LONGEST_NUMBER || !/^-?\d+$/.test(line)) throw damaged('a line that is no whole number')
  push(isTruth ? line === '01' : whole(BigInt(line)))
}

function lineLong(machine: PickleMachine): void {
  machine.push(whole(digits(machine, 'L')))
}

function lineNumber(machine: PickleMachine): number {
  return Number(digits(machine))
}

function lineFloat({ bytes, push, damaged }: PickleMachine): void {
  const line = bytes.line()
  if (line.length > LONGEST_NUMBER || !/^-?(\d+\.?\d*(e[+-]?\d+)?|inf|nan)$/i.test(line))
    throw damaged('a line that is no number')
  push(/inf/i.test(line) ? (line.startsWith('-') ? -1 : 1) * Number.POSITIVE_INFINITY : Number(line))
}

/** Little-endian two's complement. */
function long({ bytes, push, damaged }: PickleMachine, length: number): void {
  if (length > LONGEST_NUMBER) throw damaged(`a whole number of ${length} bytes`)
  const taken = bytes.take(length)
  let value = 0n
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(taken[i]!)
  push(whole(length > 0 ? BigInt.asIntN(8 * length, value) : 0n))
}

/** Python's representation of a string of bytes, with the escapes that ASCII needs. */
function lineString({ bytes, push, damaged }: PickleMachine): void {
  const line = bytes.line()
  const quote = line[0]
  if (line.length < 2 || (quote !== "'" && quote !== '"') || !line.endsWith(quote))
    throw damaged('a string without quotes')
  const plain: { [letter: string]: string } = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' }
  push(
    line.slice(1, -1).replace(/\\(x[0-9a-f]{2}|.)/gi, (_, letters: string) => {
      if (letters.length === 3) return String.fromCharCode(Number.parseInt(letters.slice(1), 16))
      return plain[letters] ?? fail(damaged(`escape \\${letters} in a string`))
    }),
  )
}

/** Text whose line feeds, backslashes and far characters are written as \uXXXX. */
function lineUnicode({ bytes, push }: PickleMachine): void {
  push(
    bytes.line().replace(/\\u([0-9a-f]{4})|\\U([0-9a-f]{8})/gi, (all, short?: string, long?: string) => {
      const point = Number.parseInt(short ?? long!, 16)
      return point > 0x10ffff ? all : String.fromCodePoint(point)
    }),
  )
}

function append(machine: PickleMachine): void {
  const value = machine.pop()
  listOnTop(machine).push(value)
}

function appendSeries(machine: PickleMachine): void {
  const values = machine.series()
  const list = listOnTop(machine)
  for (const value of values) list.push(value)
}

function listOnTop({ top, damaged }: PickleMachine): StackValue[] {
  const list = top()
  if (!isList(list)) throw damaged('something is appended to what is no list')
  return list
}

function tuple({ push, pop }: PickleMachine, size: number): void {
  const values = Array.from({ length: size }, () => pop())
  push(Object.freeze(values.reverse()))
}

function newDictionary(machine: PickleMachine): void {
  const values = machine.series()
  const result = new Map<PickleKey, StackValue>()
  put(machine, result, values)
  machine.push(result)
}

function setItem(machine: PickleMachine): void {
  const value = machine.pop()
  const key = machine.pop()
  put(machine, dictionaryOnTop(machine), [key, value])
}

function setItems(machine: PickleMachine): void {
  const values = machine.series()
  put(machine, dictionaryOnTop(machine), values)
}

function dictionaryOnTop({ top, damaged }: PickleMachine): Map<PickleKey, StackValue> {
  const dictionary = top()
  if (!(dictionary instanceof Map)) throw damaged('an item is set in what is no dictionary')
  return dictionary
}

function put(
  { damaged, refused }: PickleMachine,
  into: Map<PickleKey, StackValue>,
  values: readonly StackValue[],
): void {
  if (values.length % 2 !== 0) throw damaged('a key without a value')
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i]!
    if (!isKey(key)) throw refused('a dictionary whose keys are not strings or numbers')
    into.set(key, values[i + 1]!)
  }
}

function recall({ memo, push, damaged }: PickleMachine, index: number): void {
  const value = memo.get(index)
  if (value === undefined) throw damaged(`memory ${index} is read before it is written`)
  push(value)
}

function global({ names, push, refused }: PickleMachine, module: string, name: string): void {
  const known = names.get(`${module}.${name}`)
  if (known === undefined) throw refused(`"${module}.${name}"`)
  push(known)
}

function stackGlobal(machine: PickleMachine): void {
  const name = machine.pop()
  const module = machine.pop()
  if (typeof name !== 'string' || typeof module !== 'string')
    throw machine.damaged('a name that is no string')
  global(machine, module, name)
}

function reduce({ pop, push, copies, damaged, refused }: PickleMachine): void {
  const parameters = pop()
  const called = pop()
  if (!Array.isArray(parameters) || isList(parameters)) throw damaged('a call whose parameters are no tuple')
  if (!isRecord(called) || called.kind !== 'global') throw refused('a call of what is no name')
  const { call, name } = called
  if (call === undefined) throw refused(`a call of "${name}"`)
  push(call({ parameters, copies, refuse: found => refused(`"${name}" with ${found}`) }))
}

/** The one object whose attributes may be set is an ordered dictionary, and the one attribute is PyTorch's `_metadata`. */
function build({ pop, top, refused }: PickleMachine): void {
  const state = pop()
  const isMetadata = state instanceof Map && [...state.keys()].every(key => key === '_metadata')
  if (isMetadata && top() instanceof Map) return
  throw refused('attributes of an object to be set (BUILD)')
}
