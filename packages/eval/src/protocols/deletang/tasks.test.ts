import { expect, test } from 'vitest'
import { wordsUpTo } from '../../automata/words.ts'
import { DELETANG_TASKS, deletangTask, deletangTasks } from './tasks.ts'

const BOTH = [false, true].flatMap(original => deletangTasks({ original }))

/** A word written with the texts of the alphabet, separated by spaces. */
function word(task: string, text: string, original = false): Uint8Array {
  const { alphabet } = deletangTask(task, { original })
  return Uint8Array.from(text.split(' '), symbol => alphabet.indexOf(symbol))
}

function output(task: string, text: string, original = false): string {
  const { transduction } = deletangTask(task, { original })
  const written = transduction.transduce(word(task, text, original))
  return Array.from(written, symbol => transduction.outputs[symbol]).join(' ')
}

test('the 15 tasks have ids of their own, the originals too', () => {
  expect(DELETANG_TASKS).toHaveLength(15)
  expect(new Set(BOTH.map(({ id }) => id)).size).toBe(30)
  expect(deletangTask('reverse-string').id).toBe('deletang-reverse-string')
  expect(deletangTask('reverse-string', { original: true }).id).toBe('deletang-reverse-string-original')
})

test.each([
  ['even-pairs', '0 1 1 0', '0'],
  ['even-pairs', '0 1 1 0 1', '1'],
  ['parity-check', '1 0 1 1', '1'],
  ['cycle-navigation', 'on on stay back on on on on', '0'], // 6 − 1 ≡ 0
  ['cycle-navigation', 'back', '4'],
  ['modular-arithmetic-simple', '1 + 2 * 3', '2'],
  ['modular-arithmetic-simple', '1 - 1 - 1', '4'],
  ['modular-arithmetic-simple', '2 - 2 * 4 * 3', '3'], // 2 − 24 = −22
  ['stack-manipulation', '0 1 1 0 push-1 pop pop', '1 1 0 end 0 0 0 0'],
  ['stack-manipulation', '1 pop pop push-0 push-1 pop', '0 end 0 0 0 0 0'],
  ['reverse-string', '0 0 1', '1 0 0'],
  ['modular-arithmetic', '( 1 - ( - 3 ) )', '4'],
  ['modular-arithmetic', '( ( 2 * 3 ) * - 4 )', '1'], // −24
  ['solve-equation', '( 1 - x ) = 3', '3'],
  ['solve-equation', '- x = 1', '4'],
  ['duplicate-string', '0 1 1', '0 1 1 0 1 1'],
  ['missing-duplicate', '0 1 1 0 0 _ 1 0', '1'],
  ['missing-duplicate', '1 _ 1 1 0 1 pad', '0'],
  ['odds-first', '0 0 1 0 1', '0 1 1 0 0'],
  ['binary-addition', '0 1 0 0 1 + 0 1 1', '0 0 0 1 1 end 0 0 0 0'], // 18 + 6 = 24
  ['binary-multiplication', '0 1 0 0 1 * 0 1 1', '0 0 1 1 0 1 1 end 0'], // 18 · 6 = 108
  ['compute-sqrt', '1 0 1 0 0 1', '0 1 1'], // 37, its root 6
  ['bucket-sort', '3 0 4 0 1', '0 0 1 3 4'],
])('%s of %s is %s', (task, input, expected) => {
  expect(output(task, input)).toBe(expected)
})

test('the originals keep the order, the bits and the short words of the released code', () => {
  expect(output('odds-first', '0 0 1 0 1', true)).toBe('0 0 0 1 1')
  expect(output('compute-sqrt', '1 0 0 1 0 1', true)).toBe('1 1 0')
  expect(output('compute-sqrt', '1 1 1', true)).toBe('1 0') // 7, its root 2
  expect(output('binary-addition', '0 1', true)).toBe('0 1 end')
  expect(output('binary-multiplication', '0 1', true)).toBe('0 end')
  expect(output('binary-multiplication', '0', true)).toBe('end')
  const simple = deletangTask('modular-arithmetic-simple', { original: true })
  expect([simple.lengthOf(6), deletangTask('modular-arithmetic-simple').lengthOf(6)]).toEqual([5, 7])
  expect(simple.alphabet).toHaveLength(9)
  expect(deletangTask('modular-arithmetic', { original: true }).alphabet).toHaveLength(11)
})

test.each(BOTH.map(task => [task.id, task] as const))(
  '%s: machine and definition agree on samples of every length to 60, and lengths are as said',
  (_, { transduction, hasSize, lengthOf, alphabet }) => {
    for (let size = 1; size <= 60; size++) {
      if (!hasSize(size)) continue
      for (let index = 0; index < 20; index++) {
        const input = transduction.sample({ seed: 1, stream: 'test', size, index })
        expect(input).toHaveLength(lengthOf(size))
        expect(Math.max(...input)).toBeLessThan(alphabet.length)
        const direct = transduction.transduce(input)
        expect(transduction.machine.transduce(input)).toEqual(direct)
        expect(direct).toHaveLength(transduction.outputLength(input.length))
        expect(Math.max(...direct)).toBeLessThan(transduction.outputs.length)
      }
    }
  },
)

test.each(BOTH.map(task => [task.id, task] as const))(
  '%s: machine and definition agree on all short words, also those that are never drawn',
  (_, { transduction, alphabet }) => {
    const longest = alphabet.length <= 3 ? 9 : alphabet.length <= 5 ? 6 : 4
    const different: Uint8Array[] = []
    for (const input of wordsUpTo(alphabet.length, longest)) {
      if (input.length === 0) continue
      const written = transduction.machine.transduce(input)
      if (written.join() !== transduction.transduce(input).join()) different.push(input)
    }
    expect(different).toEqual([])
  },
)

test('numbers of 500 bits are calculated exactly', () => {
  const { transduction } = deletangTask('compute-sqrt')
  const input = new Uint8Array(500).fill(1) // 2^500 − 1, whose root is 2^250 − 1
  expect(transduction.transduce(input)).toEqual(new Uint8Array(250).fill(1))
  const product = deletangTask('binary-multiplication').transduction
  const ones = Uint8Array.of(...Array(200).fill(1), 2, ...Array(200).fill(1)) // (2^200 − 1)² = 2^400 − 2^201 + 1
  const bits = [1, ...Array(200).fill(0), ...Array(199).fill(1)]
  expect(product.transduce(ones)).toEqual(Uint8Array.from([...bits, 2]))
})

test('what comes after the terminator is not scored', () => {
  const { transduction } = deletangTask('stack-manipulation')
  const target = transduction.transduce(word('stack-manipulation', '0 1 1 0 push-1 pop pop'))
  expect(transduction.scored!(target)).toEqual(Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0))
})

test('a sample is the same whenever it is made', () => {
  const at = { seed: 3, stream: 'train', size: 30, index: 7 }
  for (const { transduction } of BOTH) expect(transduction.sample(at)).toEqual(transduction.sample(at))
})

test('an unknown task is answered with the names', () => {
  expect(() => deletangTask('reverse-strin')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROTOCOL_TASK_UNKNOWN  Delétang et al. have no task reverse-strin
      expected even-pairs, modular-arithmetic-simple, parity-check, cycle-navigation, stack-manipulation, reverse-string, modular-arithmetic, solve-equation, duplicate-string, missing-duplicate, odds-first, binary-addition, binary-multiplication, compute-sqrt, bucket-sort
      did you mean reverse-string?]
  `)
})
