/** Pickles that were written to do harm: each is refused, by what it asks for and where. */
import { isElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { readPickle, readTorch } from './read-pickle.ts'

const ascii = (text: string) => Uint8Array.from(text, letter => letter.charCodeAt(0))
const bytes = (...parts: (string | number | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap(part =>
      typeof part === 'string' ? [...ascii(part)] : typeof part === 'number' ? [part] : part,
    ),
  )
const short = (text: string): number[] => [0x8c, text.length, ...ascii(text)]
const int32 = (value: number): number[] => [0, 8, 16, 24].map(shift => (value >>> shift) & 255)

/** The file of torch.save before 1.6 around a pickle. */
function legacy(...content: Parameters<typeof bytes>): Uint8Array {
  const magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
  return bytes(
    magic,
    [0x80, 2, 0x4d, 0xe9, 3, 0x2e],
    [0x80, 2, 0x7d, 0x2e],
    ...content,
    [0x80, 2, 0x5d, 0x2e],
  )
}

function reason(read: () => unknown): string {
  try {
    read()
    return 'read'
  } catch (error) {
    if (!isElmanError(error)) return `not ours: ${String(error)}`
    return `${error.code} ${error.message.split('  ')[1]!.split('\n')[0]} | ${error.details.found}`
  }
}

const commands: { readonly [name: string]: Uint8Array } = {
  'os.system by GLOBAL': bytes("cos\nsystem\n(S'rm -rf /'\ntR."),
  'posix.system by STACK_GLOBAL': bytes(
    [0x80, 4],
    short('posix'),
    short('system'),
    [0x93],
    short('id'),
    [0x85],
    'R.',
  ),
  'eval of builtins': bytes([0x80, 2], 'cbuiltins\neval\n', "(S'1'\ntR."),
  'eval of __builtin__': bytes("c__builtin__\neval\n(S'1'\ntR."),
  'INST of os.system': bytes("(S'id'\nios\nsystem\n."),
  'OBJ of a class': bytes('(N', 'o.'),
  'NEWOBJ of a class': bytes([0x80, 2], 'N)', [0x81], '.'),
  'NEWOBJ_EX of a class': bytes([0x80, 4], 'N)}', [0x92], '.'),
  'an extension': bytes([0x80, 2, 0x82, 7], '.'),
  'a name out of a name': bytes([0x80, 4], short('collections'), short('OrderedDict.__init__'), [0x93], '.'),
  'a dotted way to os through an allowed module': bytes(
    [0x80, 4],
    short('torch._utils'),
    short('torch.os.system'),
    [0x93],
    '.',
  ),
  'a name nested in a list': bytes([0x80, 2], '(l(lc', 'subprocess\nPopen\n', '.'),
  'a name that was put in memory and taken out again': bytes('cos\nsystem\nq', 0, '0h', 0, '.'),
  'a call of a dictionary': bytes('})R.'),
  'a call of memory': bytes("S'os.system'\nq", 0, ')R.'),
  'attributes of a dictionary': bytes(
    [0x80, 2],
    'ccollections\nOrderedDict\n)R}',
    short('__class__'),
    'Nsb.',
  ),
  'attributes of a list': bytes(']}b.'),
  'a persistent id': bytes("S'x'\nQ."),
  'a persistent id by line': bytes('Px\n.'),
  'a set': bytes([0x80, 4, 0x8f], '.'),
  'raw bytes': bytes([0x80, 3], 'C', 1, 0, '.'),
  'a buffer from outside': bytes([0x80, 5, 0x97], '.'),
  'a list as a key': bytes('(]Nd.'),
  'an allowed name alone': bytes('ccollections\nOrderedDict\n.'),
  'a tensor where there are none': bytes('ctorch._utils\n_rebuild_tensor_v2\n.'),
}

test('what a pickle must not ask for is refused, with its name and place', () => {
  const reasons = Object.entries(commands).map(
    ([name, data]) => `${name}: ${reason(() => readPickle(data, 'x.pkl'))}`,
  )
  expect(reasons).toMatchInlineSnapshot(`
    [
      "os.system by GLOBAL: PICKLE_REFUSED the pickle asks for "os.system", which is not built here | at offset 0",
      "posix.system by STACK_GLOBAL: PICKLE_REFUSED the pickle asks for "posix.system", which is not built here | at offset 17",
      "eval of builtins: PICKLE_REFUSED the pickle asks for "builtins.eval", which is not built here | at offset 2",
      "eval of __builtin__: PICKLE_REFUSED the pickle asks for "__builtin__.eval", which is not built here | at offset 0",
      "INST of os.system: PICKLE_REFUSED the pickle asks for an instance of os.system (INST), which is not built here | at offset 7",
      "OBJ of a class: PICKLE_REFUSED the pickle asks for an instance of a class (OBJ), which is not built here | at offset 2",
      "NEWOBJ of a class: PICKLE_REFUSED the pickle asks for a new object of a class (NEWOBJ), which is not built here | at offset 4",
      "NEWOBJ_EX of a class: PICKLE_REFUSED the pickle asks for a new object of a class (NEWOBJ_EX), which is not built here | at offset 5",
      "an extension: PICKLE_REFUSED the pickle asks for extension 7 (EXT1), which is not built here | at offset 2",
      "a name out of a name: PICKLE_REFUSED the pickle asks for "collections.OrderedDict.__init__", which is not built here | at offset 37",
      "a dotted way to os through an allowed module: PICKLE_REFUSED the pickle asks for "torch._utils.torch.os.system", which is not built here | at offset 33",
      "a name nested in a list: PICKLE_REFUSED the pickle asks for "subprocess.Popen", which is not built here | at offset 6",
      "a name that was put in memory and taken out again: PICKLE_REFUSED the pickle asks for "os.system", which is not built here | at offset 0",
      "a call of a dictionary: PICKLE_REFUSED the pickle asks for a call of what is no name, which is not built here | at offset 2",
      "a call of memory: PICKLE_REFUSED the pickle asks for a call of what is no name, which is not built here | at offset 16",
      "attributes of a dictionary: PICKLE_REFUSED the pickle asks for attributes of an object to be set (BUILD), which is not built here | at offset 43",
      "attributes of a list: PICKLE_REFUSED the pickle asks for attributes of an object to be set (BUILD), which is not built here | at offset 2",
      "a persistent id: PICKLE_REFUSED the pickle asks for an object from outside of the pickle (a persistent id), which is not built here | at offset 5",
      "a persistent id by line: PICKLE_REFUSED the pickle asks for an object from outside of the pickle (a persistent id), which is not built here | at offset 0",
      "a set: PICKLE_REFUSED the pickle asks for a set (EMPTY_SET), which is not built here | at offset 2",
      "raw bytes: PICKLE_REFUSED the pickle asks for raw bytes (SHORT_BINBYTES), which is not built here | at offset 2",
      "a buffer from outside: PICKLE_REFUSED the pickle asks for a buffer from outside (NEXT_BUFFER), which is not built here | at offset 2",
      "a list as a key: PICKLE_REFUSED the pickle asks for a dictionary whose keys are not strings or numbers, which is not built here | at offset 3",
      "an allowed name alone: PICKLE_REFUSED the pickle asks for "collections.OrderedDict" itself, which is not built here | in what it leaves at its end",
      "a tensor where there are none: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2", which is not built here | at offset 0",
    ]
  `)
})

test('inside a file of torch.save the same names are refused', () => {
  for (const [name, data] of Object.entries(commands)) {
    if (name === 'a tensor where there are none') continue
    expect(
      reason(() => readTorch(legacy([...data]), 'x.pth')),
      name,
    ).toMatch(/^PICKLE_REFUSED/)
  }
})

test('lengths that the file does not hold are refused before memory is taken', () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]
  const files: { readonly [name: string]: Uint8Array } = {
    'a text of 4 GB': bytes('X', [0xff, 0xff, 0xff, 0xff], 'abc.'),
    'a text of 2^63 bytes': bytes([0x80, 4, 0x8d, ...huge], 'abc.'),
    'a number of 2 GB': bytes([0x80, 2, 0x8b, 0xff, 0xff, 0xff, 0x7f], '.'),
    'memory number 2^32 - 1': bytes('Nr', [0xff, 0xff, 0xff, 0xff], '.'),
  }
  const reasons = Object.entries(files).map(
    ([name, data]) => `${name}: ${reason(() => readPickle(data, 'x.pkl'))}`,
  )
  expect(reasons).toMatchInlineSnapshot(`
    [
      "a text of 4 GB: PICKLE_TRUNCATED the pickle ends before what it announces | 4 bytes",
      "a text of 2^63 bytes: PICKLE_TRUNCATED the pickle ends before what it announces | 4 bytes",
      "a number of 2 GB: PICKLE_DAMAGED not a sound pickle | a whole number of 2147483647 bytes, at offset 2",
      "memory number 2^32 - 1: read",
    ]
  `)
})

test('a list inside itself, nesting without end, and copies without end are refused', () => {
  const itself = bytes(']q', 0, 'h', 0, 'a.')
  const deep = bytes(']'.repeat(200_000), 'a'.repeat(199_999), '.')
  const pairs = bytes(
    '](',
    '(NNt'.repeat(200),
    'eq',
    0,
    '0',
    'ccollections\nOrderedDict\n',
    '2h\0\x85R0'.repeat(20),
    '.',
  )
  expect([itself, deep, pairs].map(data => reason(() => readPickle(data, 'x.pkl')))).toMatchInlineSnapshot(`
    [
      "PICKLE_REFUSED the pickle asks for a value that contains itself, which is not built here | in what it leaves at its end",
      "PICKLE_REFUSED the pickle asks for values nested more than 100 deep, which is not built here | in what it leaves at its end",
      "PICKLE_REFUSED the pickle asks for more copies of values than it has bytes, which is not built here | at offset 859",
    ]
  `)
})

test('lists of lists of the same list stay as small as their pickle', () => {
  const doubled = bytes(']', 'q', 0, ...Array.from({ length: 60 }, () => ['(h\0h\0lq\0'].join('')), '.')
  expect(Array.isArray(readPickle(doubled, 'x.pkl'))).toBe(true)
})

test('a pickle cannot reach the prototype of objects', () => {
  const value = readPickle(bytes("}S'__proto__'\n}S'polluted'\nNss."), 'x.pkl')
  expect(value).toBeInstanceOf(Map)
  expect('polluted' in {}).toBe(false)
})

/** A tensor of `shape` and `strides` over a storage of `count` float32, of which the file has none. */
function tensor(
  count: number,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  const tuple = (values: readonly number[]) => ['(', ...values.flatMap(value => ['J', int32(value)]), 't']
  return legacy(
    [0x80, 2],
    'ctorch._utils\n_rebuild_tensor_v2\n((',
    short('storage'),
    'ctorch\nFloatStorage\n',
    short('0'),
    short('cpu'),
    ...['J', int32(count), 'tQJ', int32(offset)],
    ...tuple(shape),
    ...tuple(strides),
    [0x89],
    'ccollections\nOrderedDict\n)RtR.',
  )
}

test('tensors that their storage does not hold are refused', () => {
  const cases: { readonly [name: string]: Uint8Array } = {
    'past the end': tensor(4, 0, [5], [1]),
    'by the offset': tensor(4, 4, [1], [1]),
    'by the strides': tensor(4, 0, [2, 2], [3, 1]),
    'negative extents': tensor(4, 0, [-1], [1]),
    'negative strides': tensor(4, 3, [2], [-1]),
    'a negative offset': tensor(4, -1, [1], [1]),
    'shape without strides': tensor(4, 0, [2], []),
    'many axes': tensor(4, 0, new Array(40).fill(1), new Array(40).fill(1)),
    'a great expansion of one number': tensor(1, 0, [2 ** 30, 2 ** 30], [0, 0]),
    'numbers that are not there': tensor(2 ** 31 - 1, 0, [4], [1]),
  }
  const reasons = Object.entries(cases).map(
    ([name, data]) => `${name}: ${reason(() => readTorch(data, 'x.pth'))}`,
  )
  expect(reasons).toMatchInlineSnapshot(`
    [
      "past the end: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2" with element 4 of a storage of 4, which is not built here | at offset 154",
      "by the offset: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2" with element 4 of a storage of 4, which is not built here | at offset 154",
      "by the strides: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2" with element 4 of a storage of 4, which is not built here | at offset 164",
      "negative extents: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2" with a shape or strides that are not counts, one for each axis, which is not built here | at offset 154",
      "negative strides: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2" with a shape or strides that are not counts, one for each axis, which is not built here | at offset 154",
      "a negative offset: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2" with an offset that is no count, which is not built here | at offset 154",
      "shape without strides: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2" with a shape or strides that are not counts, one for each axis, which is not built here | at offset 149",
      "many axes: PICKLE_REFUSED the pickle asks for "torch._utils._rebuild_tensor_v2" with 40 axes, which is not built here | at offset 544",
      "a great expansion of one number: TENSOR_TOO_LARGE the tensors have more elements than the file has bytes | shape (1073741824, 1073741824) with strides (0, 0)",
      "numbers that are not there: PICKLE_DAMAGED not a sound pickle | storage "0" is not there, at offset 160",
    ]
  `)
})
