import { describe, expect, test } from 'vitest'
import { printGraph } from '../ir/print.ts'
import type { Tensor } from '../ir/scope.ts'
import { add, mul, sigmoid, stopGradient, tanh } from '../ops/elementwise.ts'
import { gather } from '../ops/indexing.ts'
import { matmul } from '../ops/linear-algebra.ts'
import { softmaxCrossEntropy } from '../ops/neural.ts'
import { mean, sum } from '../ops/reduction.ts'
import { interpret } from '../reference/interpreter.ts'
import { arrayOf, type NdArray, toNumbers } from '../tensor/nd-array.ts'
import { checkGradients } from '../testing/check-gradients.ts'
import { expectClose } from '../testing/expect-close.ts'
import { sampleArray } from '../testing/primitive-cases.ts'
import { checkpoint } from './checkpoint.ts'
import { grad, valueAndGrad } from './grad.ts'
import { optimize } from './optimize.ts'
import { scan } from './scan.ts'
import { evaluate, trace } from './trace.ts'
import { vmap } from './vmap.ts'

const scalar = (x: number): NdArray => arrayOf(x, 'float64')

test('grad of a polynomial is its derivative', () => {
  // d/dx (x³ + 2x) = 3x² + 2
  const result = evaluate(
    grad((x: Tensor) => add(mul(mul(x, x), x), mul(x, 2))),
    scalar(3),
  ) as unknown as NdArray
  expect(toNumbers(result)).toEqual([29])
})

test('grad of grad is the second derivative', () => {
  const result = evaluate(grad(grad((x: Tensor) => mul(mul(x, x), x))), scalar(2)) as unknown as NdArray
  expect(toNumbers(result)).toEqual([12])
})

test('valueAndGrad keeps records, passes aux through and gives zeros to what the loss ignores', () => {
  const f = valueAndGrad(
    (p: { a: Tensor; b: Tensor; unused: Tensor }, x: Tensor) =>
      [sum(mul(p.a, mul(p.b, x))), { twice: mul(p.a, 2) }] as const,
    { hasAux: true },
  )
  const [[loss, aux], gradient] = evaluate(
    f as never,
    { a: scalar(2), b: scalar(3), unused: arrayOf([1, 1], 'float64') } as never,
    scalar(5) as never,
  ) as unknown as [[NdArray, { twice: NdArray }], Record<string, NdArray>]
  expect([loss, aux.twice, gradient.a!, gradient.b!].map(x => x.data[0])).toEqual([30, 4, 15, 10])
  expect(toNumbers(gradient.unused!)).toEqual([0, 0])
})

test('stopGradient cuts one path only', () => {
  const result = evaluate(
    grad((x: Tensor) => mul(x, stopGradient(x))),
    scalar(7),
  ) as unknown as NdArray
  expect(toNumbers(result)).toEqual([7])
})

const cell =
  (w: Tensor) =>
  (h: Tensor, x: Tensor): readonly [Tensor, Tensor] => {
    const next = tanh(add(matmul(h, w), x))
    return [next, next]
  }

describe('gradients through loops', () => {
  const args = [sampleArray([3, 3], 1), sampleArray([2, 3], 2), sampleArray([4, 2, 3], 3)]

  test('of the last state and of all outputs, from both ends', () => {
    for (const reverse of [false, true]) {
      const f = (w: Tensor, h: Tensor, xs: Tensor) => scan(cell(w), h, xs, { reverse })
      expect(checkGradients(f as never, args)).toBeLessThan(1e-6)
    }
  })

  test('taken inside a loop body, of parameters from outside', () => {
    const f = (w: Tensor, h: Tensor, xs: Tensor) =>
      scan(
        (state: Tensor, x: Tensor): readonly [Tensor, Tensor] => {
          const inner = grad((v: Tensor) => sum(tanh(mul(x, sum(v)))))(w)
          return [add(state, sum(inner)), mul(state, sum(inner))]
        },
        h,
        xs,
      )
    expect(checkGradients(f as never, args)).toBeLessThan(1e-5)
  })

  test('of one step', () => {
    const one = [args[0], args[1], sampleArray([1, 2, 3], 3)]
    expect(
      checkGradients(((w: Tensor, h: Tensor, xs: Tensor) => scan(cell(w), h, xs)) as never, one),
    ).toBeLessThan(1e-6)
  })

  test('of a loop in a loop', () => {
    const f = (w: Tensor, h: Tensor, xs: Tensor) =>
      scan(
        (state: Tensor, x: Tensor): readonly [Tensor, Tensor] => {
          const [inner] = scan(cell(w), state, xs)
          return [mul(inner, sigmoid(x)), inner]
        },
        h,
        xs,
      )
    expect(checkGradients(f as never, [args[0], args[1], sampleArray([2, 2, 3], 3)])).toBeLessThan(1e-6)
  })

  test('of a table read in every step, and of states without gradient', () => {
    const ids = arrayOf(
      [
        [0, 2],
        [2, 1],
        [0, 0],
      ],
      'int32',
    )
    const f = (table: Tensor, w: Tensor, i: Tensor) => {
      const start = {
        h: gather(table, arrayOf([1, 1], 'int32')),
        steps: arrayOf(0, 'int32') as unknown as Tensor,
      }
      return scan(
        (s: { h: Tensor; steps: Tensor }, id: Tensor) => {
          const h = tanh(add(matmul(s.h, w), gather(table, id)))
          return [{ h, steps: add(s.steps, 1) }, h] as const
        },
        start,
        i,
      )[1]
    }
    expect(checkGradients(f as never, [sampleArray([3, 3], 5), args[0], ids])).toBeLessThan(1e-6)
  })
})

test('checkpoint gives the same gradient and computes its inside twice', () => {
  const inside = (x: Tensor) => tanh(mul(x, x))
  const x = sampleArray([3], 1)
  const f = (wrapped: boolean) => grad((v: Tensor) => sum(wrapped ? checkpoint(inside)(v) : inside(v)))
  const [plain, again] = [evaluate(f(false), x), evaluate(f(true), x)] as unknown as [NdArray, NdArray]
  expectClose(again, plain, 0)
  const text = printGraph(optimize(trace(f(true) as never, x as never).graph))
  expect(text.match(/tanh\(/g)).toHaveLength(1)
  expect(
    printGraph(optimize(trace(((v: Tensor) => checkpoint(inside)(v)) as never, x as never).graph)),
  ).toContain('checkpoint')
})

test('vmap of a gradient through a loop trains many models in one graph', () => {
  const loss = (w: Tensor, xs: Tensor) =>
    mean(mul(scan(cell(w), sampleArray([2, 3], 9) as unknown as Tensor, xs)[1] as Tensor, 1))
  const ws = sampleArray([5, 3, 3], 1)
  const xs = sampleArray([4, 2, 3], 2)
  const all = evaluate(
    ((w: Tensor, x: Tensor) => vmap(grad(loss) as never, [0, null])(w, x)) as never,
    ws as never,
    xs as never,
  ) as unknown as NdArray
  for (let i = 0; i < 5; i++) {
    const one: NdArray = { dtype: 'float64', shape: [3, 3], data: ws.data.slice(9 * i, 9 * i + 9) }
    const expected = evaluate(grad(loss) as never, one as never, xs as never) as unknown as NdArray
    expectClose({ dtype: 'float64', shape: [3, 3], data: all.data.slice(9 * i, 9 * i + 9) }, expected, 1e-12)
  }
})

test('the printer names values in order and indents loop bodies', () => {
  const graph = trace(
    ((w: Tensor, h: Tensor, xs: Tensor) => scan(cell(w), h, xs)[0]) as never,
    ...([sampleArray([3, 3], 1), sampleArray([2, 3], 2), sampleArray([4, 2, 3], 3)] as never as []),
  ).graph
  expect(printGraph(graph)).toMatchInlineSnapshot(`
    "graph(%0: float64[3,3], %1: float64[2,3], %2: float64[4,2,3])
      %3: float64[2,3], %4: float64[4,2,3] = scan(%0, %1, %2) constants=1 carried=1 length=4 reverse=false
        graph(%0: float64[3,3], %1: float64[2,3], %2: float64[2,3])
          %3: float64[2,3] = matmul(%1, %0) transposeA=false transposeB=false
          %4: float64[2,3] = add(%3, %2)
          %5: float64[2,3] = tanh(%4)
          return %5, %5
      return %3"
  `)
})

test("the training form of a softmax layer makes nothing of the logits' size but logits, softmax and difference", () => {
  const loss = (w: Tensor, x: Tensor, y: Tensor) => mean(softmaxCrossEntropy(matmul(x, w), y))
  const args = [sampleArray([4, 30], 1), sampleArray([6, 4], 2), arrayOf([1, 2, 3, 4, 5, 6], 'int32')]
  const { graph } = trace(valueAndGrad(loss) as never, ...(args as never as []))
  const large = optimize(graph).nodes.filter(
    node => node.outputs[0]!.type.shape.join() === '6,30' && node.primitive !== 'broadcastTo',
  )
  expect(large.map(node => node.primitive)).toEqual(['matmul', 'softmax', 'scatterAddElements'])
})

test('the sum of squares of few long rows, as a clipped gradient of word vectors needs it, is found once', () => {
  const ids = arrayOf([2, 4, 2], 'int32') // 3 · 3 updates are fewer than the 60 numbers of the table, and than 3 rows of 12
  const squares = (table: Tensor, weight: Tensor) => {
    const gradient = grad((words: Tensor) => sum(mul(gather(words, ids), weight)))(table) as Tensor
    return sum(mul(gradient, gradient))
  }
  const args = [sampleArray([5, 12], 1), sampleArray([3, 12], 2)]
  const { graph } = trace(squares as never, ...(args as never as []))
  const plain = toNumbers(evaluate(squares as never, ...(args as never as [])) as unknown as NdArray)[0]!
  const [optimized] = interpret(optimize(graph), args)
  expect(toNumbers(optimized!)[0]).toBeCloseTo(plain, 10)
})

describe('what a person reads when a trace goes wrong', () => {
  const attempt =
    (f: (...args: never[]) => unknown, ...args: NdArray[]) =>
    () =>
      evaluate(f as never, ...(args as never[]))
  const x = sampleArray([2, 3], 1)

  test('whole texts', () => {
    let leaked: Tensor | undefined
    evaluate(
      ((v: Tensor) => {
        leaked = v
        return v
      }) as never,
      x as never,
    )
    const texts = [
      attempt(
        grad((v: Tensor) => v),
        x,
      ),
      attempt(
        (v: Tensor) =>
          scan(
            (h: Tensor, u: Tensor) => [add(matmul(h, arrayOf([[1], [1], [1]], 'float64')), 0), u] as const,
            v,
            v,
          ),
        x,
      ),
      attempt(
        (v: Tensor) =>
          scan((h: Tensor, u: { a: Tensor; b: Tensor }) => [h, u.a] as const, v, {
            a: v,
            b: sampleArray([5], 1) as unknown as Tensor,
          }),
        x,
      ),
      attempt(
        (v: Tensor, u: Tensor) => vmap((a: Tensor, b: Tensor) => add(a, b))(v, u),
        x,
        sampleArray([3, 3], 1),
      ),
      attempt((v: Tensor) => add(v, leaked!), x),
      attempt((v: Tensor) => add(v, arrayOf([1, 2, 3], 'float32')), x),
      attempt((v: Tensor) => matmul(v, v), x),
      attempt(() => add(1, 2)),
    ].map(run => {
      try {
        run()
        return 'no error'
      } catch (error) {
        return (error as Error).message
      }
    })
    expect(texts.join('\n\n')).toMatchInlineSnapshot(`
      "GRAD_NOT_SCALAR  grad differentiates a scalar loss
        expected a function that returns a float scalar
        found    float64[2,3]
        reduce it with sum(...) or mean(...)

      SCAN_STATE_CHANGES  carried state 0 of a scan changes its type from step to step
        expected float64[2,3]
        found    float64[2,1]

      SCAN_LENGTH  the sequences of a scan must agree on a number of steps above 0
        found    2 and 5
        the first axis of every sequence is time; give \`length\` when there is no sequence

      VMAP_SIZE  vmap needs one extent for the mapped axis of all arguments
        found    2 and 3

      TENSOR_OUT_OF_SCOPE  "add" was given a tensor float64[2,3] from a trace that is not open here
        return it from the function it was made in (scan, grad, trace) instead of storing it outside

      DTYPE_MISMATCH  "add" needs operands of one dtype
        found    float64[2,3] and float32[3]
        convert one of them with cast(x, dtype)

      SHAPE_MISMATCH  "matmul" cannot take these operands
        expected matrices whose inner extents agree
        found    float64[2,3], float64[2,3]

      NOT_TRACED  "add" needs at least one traced tensor among its operands
        found    only concrete numbers
        call it inside trace(...), or wrap the computation: evaluate(() => ...)"
    `)
  })
})
