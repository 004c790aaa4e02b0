/**
 * A WebAssembly assembler of the few instructions that the random generator needs: bytes in, module out.
 * No control flow but one counted loop, no calls, one exported memory. Encodings: WebAssembly core
 * specification 2.0, chapter 5 (SIMD opcodes follow the prefix 0xfd).
 */

/** Value types by their binary code. */
export const I32 = 0x7f
/** See {@link I32}. */
export const F32 = 0x7d
/** See {@link I32}. */
export const V128 = 0x7b

/** Bytes of instructions. */
export type Code = readonly number[]

/** One exported function without results. */
export interface WasmFunction {
  readonly name: string
  readonly parameters: readonly number[]
  /** Types of the locals after the parameters. */
  readonly locals: readonly number[]
  readonly body: Code
}

/** An unsigned number in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  do {
    const low = value % 128
    value = Math.floor(value / 128)
    bytes.push(value > 0 ? low | 0x80 : low)
  } while (value > 0)
  return bytes
}

/** A signed 32-bit number in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = []
  for (;;) {
    const low = value & 0x7f
    value >>= 7
    const done = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0)
    bytes.push(done ? low : low | 0x80)
    if (done) return bytes
  }
}

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)]
const memory =
  (opcode: number) =>
  (byteOffset: number): Code => [...simd(opcode), 4, ...unsigned(byteOffset)]

/** The instructions, named as in the specification's text format. */
export const wasm = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  tee: (local: number): Code => [0x22, ...unsigned(local)],
  i32: (value: number): Code => [0x41, ...signed(value | 0)],
  i32Add: [0x6a] as Code,
  i32Subtract: [0x6b] as Code,
  i32Xor: [0x73] as Code,
  splatI32: simd(17),
  splatF32: simd(19),
  addI32x4: simd(174),
  shiftLeftI32x4: simd(171),
  shiftRightUnsignedI32x4: simd(173),
  lessOrEqualUnsignedI32x4: simd(62),
  convertSignedF32x4: simd(250),
  multiplyF32x4: simd(230),
  and: simd(78),
  or: simd(80),
  xor: simd(81),
  store: memory(11),
  /** Four 32-bit lanes. */
  lanes: (...values: [number, number, number, number]): Code => [
    ...simd(12),
    ...values.flatMap(value => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]),
  ],
  /** Picks four 32-bit lanes out of eight: 0-3 of the first operand, 4-7 of the second. */
  pickLanes: (...lanes: [number, number, number, number]): Code => [
    ...simd(13),
    ...lanes.flatMap(lane => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  ],
  /** Runs `body` while the i32 local `counter`, lessened by one after each round, is not zero; at least once. */
  countDown: (counter: number, body: Code): Code => [
    ...[0x03, 0x40, ...body],
    ...[0x20, ...unsigned(counter), 0x41, 0x01, 0x6b, 0x22, ...unsigned(counter)],
    ...[0x0d, 0x00, 0x0b],
  ],
}

/** The binary module: the functions, and `memory` of `pages` times 64 KiB, all exported. */
export function assemble(functions: readonly WasmFunction[], pages: number): Uint8Array<ArrayBuffer> {
  const section = (id: number, items: readonly Code[]): Code => {
    const content = [...unsigned(items.length), ...items.flat()]
    return [id, ...unsigned(content.length), ...content]
  }
  const text = (value: string): Code => [...unsigned(value.length), ...new TextEncoder().encode(value)]
  const bodies = functions.map(({ locals, body }) => {
    const content = [...unsigned(locals.length), ...locals.flatMap(type => [1, type]), ...body, 0x0b]
    return [...unsigned(content.length), ...content]
  })
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters }) => [0x60, ...unsigned(parameters.length), ...parameters, 0]),
    ),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(5, [[0x01, ...unsigned(pages), ...unsigned(pages)]]),
    ...section(7, [
      ...functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]),
      [...text('memory'), 0x02, 0],
    ]),
    ...section(10, bodies),
  ])
}
