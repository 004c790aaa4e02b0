/** One or more calls of every primitive, for gradient, batching and backend-parity sweeps. */
import type { PrimitiveName } from '../ir/attributes.ts'
import type { Tensor } from '../ir/scope.ts'
import * as ops from '../ops/index.ts'
import { foldIn, key } from '../random/keys.ts'
import { normal } from '../random/normal.ts'
import { type Shape, sizeOf } from '../tensor/dtype.ts'
import { arrayOf, type NdArray } from '../tensor/nd-array.ts'
import { checkpoint } from '../transform/checkpoint.ts'
import { scan } from '../transform/scan.ts'

/** A call of one primitive (composites may be around it) with concrete inputs. */
export interface PrimitiveCase {
  readonly name: string
  readonly primitive: PrimitiveName
  readonly inputs: readonly NdArray[]
  /** The call, on traced tensors. */
  readonly call: (...inputs: Tensor[]) => Tensor | readonly Tensor[]
  /** Whether finite differences make sense: float inputs, smooth at these points. */
  readonly smooth: boolean
}

/** Dtypes with gradients. */
export type Float = 'float32' | 'float64'

/** Normal numbers that depend only on the shape and a seed. */
export function sampleArray(shape: Shape, seed: number, dtype: Float = 'float64', positive = false): NdArray {
  const data = normal(foldIn(key(7), seed), sizeOf(shape), 'float64').map(x =>
    positive ? 0.5 + Math.abs(x) : x,
  )
  return dtype === 'float64' ? { dtype, shape, data } : { dtype, shape, data: Float32Array.from(data) }
}

function keysOf(...words: number[]): NdArray {
  return {
    dtype: 'int32',
    shape: words.length === 2 ? [2] : [words.length / 2, 2],
    data: Int32Array.from(words),
  }
}

/** The table. Every primitive occurs at least once: a test checks it. */
export function primitiveCases(dtype: Float = 'float64'): PrimitiveCase[] {
  const x = (shape: Shape, seed = 1) => sampleArray(shape, seed, dtype)
  const p = (shape: Shape, seed = 1) => sampleArray(shape, seed, dtype, true)
  const integers = (values: Parameters<typeof arrayOf>[0]) => arrayOf(values, 'int32')
  const cases: PrimitiveCase[] = []
  const add = (
    primitive: PrimitiveName,
    inputs: readonly NdArray[],
    call: PrimitiveCase['call'],
    options: { label?: string; smooth?: boolean } = {},
  ) => {
    const name = options.label === undefined ? primitive : `${primitive} (${options.label})`
    cases.push({ name, primitive, inputs, call, smooth: options.smooth ?? true })
  }
  const rough = { smooth: false }

  for (const name of ['neg', 'exp', 'sin', 'tanh', 'sigmoid', 'erf'] as const)
    add(name, [x([2, 3])], a => ops[name](a!))
  add('sigmoid', [arrayOf([-1000, -90, 0, 90, 1000], dtype)], a => ops.sigmoid(a!), {
    label: 'far out',
    smooth: false,
  })
  for (const name of ['log', 'sqrt'] as const) add(name, [p([2, 3])], a => ops[name](a!))
  add('sign', [x([2, 3])], a => ops.sign(a!), rough)
  for (const name of ['add', 'sub', 'mul', 'maximum', 'minimum'] as const) {
    add(name, [x([2, 3]), x([2, 3], 2)], (a, b) => ops[name](a!, b!))
    add(name, [x([2, 3]), x([3], 2)], (a, b) => ops[name](a!, b!), { label: 'broadcast' })
  }
  add('div', [x([2, 3]), p([2, 1], 2)], (a, b) => ops.div(a!, b!))
  add('pow', [p([2, 3]), x([2, 3], 2)], (a, b) => ops.pow(a!, b!))
  add('equal', [integers([1, 2, 3]), integers([1, 5, 3])], (a, b) => ops.equal(a!, b!), rough)
  add('less', [x([4]), x([4], 2)], (a, b) => ops.less(a!, b!), rough)
  add('and', [arrayOf([1, 1, 0, 0], 'bool'), arrayOf([1, 0, 1, 0], 'bool')], (a, b) => ops.and(a!, b!), rough)
  add('not', [arrayOf([1, 0], 'bool')], a => ops.not(a!), rough)
  add('select', [arrayOf([1, 0, 1], 'bool'), x([3]), x([3], 2)], (c, a, b) => ops.select(c!, a!, b!))
  add('cast', [x([3])], a => ops.cast(a!, 'int32'), rough)
  add('cast', [integers([0, 2, -1])], a => ops.cast(a!, 'bool'), { label: 'to bool', smooth: false })
  add('cast', [integers([0, 2, -1])], a => ops.cast(ops.cast(a!, 'int64'), dtype), {
    label: 'by int64',
    smooth: false,
  })
  add('stopGradient', [x([3])], a => ops.mul(a!, 2), { label: 'with a neighbour' })
  add('stopGradient', [x([3])], a => ops.stopGradient(a!), rough)
  add('constant', [x([3])], a => ops.mul(a!, arrayOf([1, 2, 3], dtype)))
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const label = `${transposeA ? 'Aᵀ' : 'A'} ${transposeB ? 'Bᵀ' : 'B'}`
      const [a, b] = [transposeA ? [3, 2] : [2, 3], transposeB ? [4, 3] : [3, 4]]
      add('matmul', [x(a), x(b, 2)], (m, n) => ops.matmul(m!, n!, { transposeA, transposeB }), { label })
      add(
        'matmul',
        [x([2, ...a]), x([2, ...b], 2)],
        (m, n) => ops.matmul(m!, n!, { transposeA, transposeB }),
        { label: `${label}, batched` },
      )
    }
  }
  add('matmul', [x([2, 2, 3]), x([3, 4], 2)], (a, b) => ops.matmul(a!, b!), { label: 'one right operand' })
  add('reshape', [x([2, 3])], a => ops.reshape(a!, [3, -1]))
  add('transpose', [x([2, 3, 4])], a => ops.transpose(a!, [2, 0, 1]))
  add('broadcastTo', [x([3, 1])], a => ops.broadcastTo(a!, [2, 3, 4]))
  add('slice', [x([4, 5])], a => ops.sliceAxis(a!, 1, 1, 4))
  add('slice', [x([7])], a => a!.scope.emit('slice', [a!], { starts: [1], limits: [7], strides: [3] }), {
    label: 'strided',
  })
  add('pad', [x([2, 3])], a => ops.pad(a!, [1, 0], [0, 2]))
  add('concat', [x([2, 3]), x([2, 2], 2)], (a, b) => ops.concat([a!, b!], 1))
  add('split', [x([2, 6])], a => ops.split(a!, [1, 2, 3], 1))
  add('reverse', [x([3, 2])], a => ops.reverse(a!, 0))
  add('reduceSum', [x([2, 3, 4])], a => ops.sum(a!, [0, 2]))
  add('reduceSum', [x([2, 3])], a => ops.sum(a!), { label: 'all axes' })
  add('reduceMax', [x([2, 3, 4])], a => ops.max(a!, [1]))
  add('argMax', [x([2, 5])], a => ops.argMax(a!, 1), rough)
  add('cumulativeSum', [x([2, 4])], a => ops.cumulativeSum(a!, 1))
  add('cumulativeSum', [x([2, 4])], a => ops.cumulativeSum(a!, 1, { reverse: true }), { label: 'reverse' })
  add(
    'gather',
    [
      x([5, 2]),
      integers([
        [4, 0],
        [0, 2],
      ]),
    ],
    (t, i) => ops.gather(t!, i!),
  )
  add('scatterAdd', [x([5, 2]), integers([4, 0, 4]), x([3, 2], 2)], (t, i, u) => ops.scatterAdd(t!, i!, u!))
  add(
    'gatherElements',
    [
      x([2, 3, 4]),
      integers([
        [3, 0, 1],
        [2, 2, 0],
      ]),
    ],
    (t, i) => ops.gatherElements(t!, i!),
  )
  add('scatterAddElements', [x([2, 4]), integers([3, 1]), x([2], 2)], (t, i, u) =>
    ops.scatterAddElements(t!, i!, u!),
  )
  add('softmax', [x([2, 5])], a => ops.softmax(a!))
  add('softmaxCrossEntropy', [x([3, 5]), integers([4, 0, 2])], (a, i) => ops.softmaxCrossEntropy(a!, i!))
  add('foldIn', [keysOf(1, 2), arrayOf(5, 'int32')], (k, d) => ops.foldInTensor(k!, d!), rough)
  add('randomBits', [keysOf(1, 2, 3, 4)], k => ops.randomBits(k!, [5]), rough)
  add('randomUniform', [keysOf(1, 2)], k => ops.randomUniform(k!, [2, 3], dtype), rough)
  add('bernoulliMask', [keysOf(1, 2)], k => ops.bernoulliMask(k!, [4, 4], 0.5, dtype), rough)
  add('checkpoint', [x([2, 3])], a => checkpoint((v: Tensor) => ops.tanh(ops.mul(v, v)))(a!))
  for (const reverse of [false, true]) {
    add(
      'scan',
      [x([4, 2, 3]), x([2, 3], 2), x([3, 3], 3)],
      (xs, h0, w) => {
        const [last, hs] = scan(
          (h: Tensor, v: Tensor) => {
            const next = ops.tanh(ops.add(ops.matmul(h, w!), v))
            return [next, ops.mul(next, v)]
          },
          h0!,
          xs!,
          { reverse },
        )
        return [last, hs]
      },
      { label: reverse ? 'reverse' : 'forward' },
    )
  }
  return cases
}
