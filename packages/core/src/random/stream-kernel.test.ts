import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bernoulliMask } from './bernoulli-mask.ts'
import { randomBits } from './bits.ts'
import { foldIn, key } from './keys.ts'
import { plainKernel, type Stream, type StreamKernel } from './stream-kernel.ts'
import { threefry2x32 } from './threefry.ts'
import { uniform } from './uniform.ts'
import { compileKernel } from './wasm-kernel.ts'

const wasmKernel = compileKernel()!

test('this engine has the WebAssembly kernel', () => {
  expect(wasmKernel).toBeDefined()
})

test('word i of a stream is word i mod 2 of block i div 2', () => {
  const words = randomBits(key(9), 7, 3)
  const expected = [3, 4, 5, 6, 7, 8, 9].map(i => threefry2x32(key(9), i >> 1, 0)[i % 2])
  expect([...words]).toEqual(expected)
})

function everyFill(kernel: StreamKernel, stream: Stream, count: number): Uint8Array[] {
  const bits = new Int32Array(count)
  const uniforms = new Float32Array(count)
  const masks = [1, 1234567890, 2 ** 31, 0.65 * 2 ** 32, 2 ** 32 - 1].map(threshold => {
    const mask = new Float32Array(count)
    kernel.mask(stream, Math.round(threshold), 1 / 0.65, mask)
    return mask
  })
  kernel.bits(stream, bits)
  kernel.uniforms(stream, uniforms)
  return [bits, uniforms, ...masks].map(array => new Uint8Array(array.buffer))
}

function expectSameBits(stream: Stream, count: number): void {
  const plain = everyFill(plainKernel, stream, count)
  const fast = everyFill(wasmKernel, stream, count)
  plain.forEach((bytes, fill) => {
    expect(
      Buffer.compare(bytes, fast[fill]!),
      `fill ${fill}, count ${count}, ${JSON.stringify(stream)}`,
    ).toBe(0)
  })
}

test('both kernels give the same bits for every size to 70 and every offset to 20', () => {
  for (let count = 0; count <= 70; count++) {
    for (let offset = 0; offset <= 20; offset++)
      expectSameBits({ key: foldIn(key(1), count), attempt: 0, offset }, count)
  }
})

test.each([16_383, 16_384, 16_385, 32_767, 32_768, 50_001])(
  'both kernels agree across pieces of the scratch memory: %i words',
  count => {
    for (const offset of [0, 1, 7, 16_383]) expectSameBits({ key: key(2), attempt: 0, offset }, count)
  },
)

test('both kernels agree for any key, attempt and offset, up to the end of the stream', () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  const stream = fc.record({
    key: fc.tuple(word, word),
    attempt: fc.integer({ min: 0, max: 5 }),
    offset: fc.oneof(
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.integer({ min: 0, max: 500 }).map(n => 2 ** 33 - 1000 + n),
    ),
  })
  fc.assert(
    fc.property(stream, fc.integer({ min: 0, max: 500 }), (where, count) => expectSameBits(where, count)),
    { seed: 5, numRuns: 200 },
  )
})

test('a stream cut anywhere gives the same bits', () => {
  const whole = randomBits(key(4), 40_000)
  for (const cut of [1, 2, 47, 48, 49, 16_384, 16_385, 39_999]) {
    expect(randomBits(key(4), 40_000 - cut, cut)).toEqual(whole.slice(cut))
    expect(uniform(key(4), 40_000 - cut, 'float64', undefined, cut)).toEqual(
      uniform(key(4), 40_000, 'float64').slice(cut),
    )
  }
})

test('filling an array of the caller gives what a new array would hold', () => {
  const into = new Float32Array(1000).fill(9)
  expect(bernoulliMask(key(8), 1000, 0.5, into)).toBe(into)
  expect(into).toEqual(bernoulliMask(key(8), 1000, 0.5))
})

test('the first bits of seed 0 are these, for ever', () => {
  expect([...randomBits(key(0), 4)]).toMatchInlineSnapshot(`
    [
      1797259609,
      -1715843330,
      1351547692,
      -1059176654,
    ]
  `)
  expect([...uniform(key(0), 4)]).toMatchInlineSnapshot(`
    [
      0.4184570908546448,
      0.6004990339279175,
      0.3146817088127136,
      0.7533912062644958,
    ]
  `)
  expect([...uniform(key(0), 4, 'float64')]).toMatchInlineSnapshot(`
    [
      0.41845711022987275,
      0.3146817218764961,
      0.39316028345159515,
      0.7213709802954236,
    ]
  `)
  expect([...bernoulliMask(key(0), 8, 0.5)]).toMatchInlineSnapshot(`
    [
      2,
      0,
      2,
      0,
      2,
      0,
      0,
      2,
    ]
  `)
})

test('an array of another length is refused', () => {
  expect(() => randomBits(key(0), 3, 0, new Int32Array(4))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_INTO_LENGTH  the array to fill does not have the number of elements that was asked for
      expected 3 elements
      found    4 elements]
  `)
})

test('a draw past the end of the stream is refused', () => {
  expect(() => randomBits(key(0), 2, 2 ** 33 - 1)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_STREAM_EXHAUSTED  a draw reaches outside the 2^33 words of its key
      expected 0 <= offset and offset + count <= 8589934592
      found    offset 8589934591, count 2
      split the key, or fold the number of the part into it]
  `)
})
