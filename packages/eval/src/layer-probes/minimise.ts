/** L-BFGS (Liu & Nocedal 1989) with a line search for the weak Wolfe conditions: smooth functions to their minimum. */

/** A function's value and gradient at a point. */
export interface ValueAndGradient {
  readonly value: number
  readonly gradient: Float64Array
}

/** Options of {@link minimise}. */
export interface MinimiseOptions {
  /** Norm of the gradient at which it is done. */
  readonly gradientNorm: number
  readonly maxIterations: number
  readonly signal?: AbortSignal | undefined
}

/** Where it ended. */
export interface Minimum extends ValueAndGradient {
  readonly point: Float64Array
  readonly iterations: number
  readonly converged: boolean
}

/** Pairs of steps and changes of the gradient that stand for the curvature. */
const MEMORY = 12
/** Trials of one line search. */
const TRIALS = 30

/** Minimises a function from a point on. It ends early where numbers are too coarse for a lower value. */
export async function minimise(
  f: (point: Float64Array) => Promise<ValueAndGradient>,
  start: Float64Array,
  { gradientNorm, maxIterations, signal }: MinimiseOptions,
): Promise<Minimum> {
  let point = start
  let at = await f(point)
  let pairs: { readonly step: Float64Array; readonly change: Float64Array; readonly product: number }[] = []
  for (let iterations = 0; ; iterations++) {
    const converged = Math.sqrt(dot(at.gradient, at.gradient)) <= gradientNorm
    const done = { point, value: at.value, gradient: at.gradient, iterations, converged }
    if (converged || iterations >= maxIterations || signal?.aborted === true) return done
    const direction = descent(at.gradient, pairs)
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(at.gradient, at.gradient))) : 1
    const found = await search(f, point, at, direction, first)
    if (found === undefined) {
      if (pairs.length === 0) return done
      pairs = [] // what is remembered of the curvature no longer fits: once more, straight down
      continue
    }
    const step = found.point.map((value, i) => value - point[i]!)
    const change = found.at.gradient.map((value, i) => value - at.gradient[i]!)
    const product = dot(step, change)
    if (product > 1e-12 * dot(change, change)) pairs = [...pairs.slice(1 - MEMORY), { step, change, product }]
    ;({ point, at } = found)
  }
}

/** The two loops: minus the inverse curvature times the gradient. */
function descent(
  gradient: Float64Array,
  pairs: readonly { readonly step: Float64Array; readonly change: Float64Array; readonly product: number }[],
): Float64Array {
  const direction = gradient.map(value => -value)
  const factors: number[] = []
  for (const { step, change, product } of pairs.toReversed()) {
    const factor = dot(step, direction) / product
    factors.unshift(factor)
    addScaled(direction, change, -factor)
  }
  const last = pairs.at(-1)
  if (last !== undefined) {
    const scale = last.product / dot(last.change, last.change)
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale
  }
  for (const [index, { step, change, product }] of pairs.entries()) {
    addScaled(direction, step, factors[index]! - dot(change, direction) / product)
  }
  return direction
}

/** A point along a direction that is low enough and flat enough: by doubling, then halving. */
async function search(
  f: (point: Float64Array) => Promise<ValueAndGradient>,
  from: Float64Array,
  { value, gradient }: ValueAndGradient,
  direction: Float64Array,
  first: number,
): Promise<{ readonly point: Float64Array; readonly at: ValueAndGradient } | undefined> {
  const slope = dot(gradient, direction)
  if (!(slope < 0)) return undefined
  let [low, high, length] = [0, Number.POSITIVE_INFINITY, first]
  let lower: { readonly point: Float64Array; readonly at: ValueAndGradient } | undefined
  for (let trial = 0; trial < TRIALS; trial++) {
    const point = from.map((x, i) => x + length * direction[i]!)
    const at = await f(point)
    if (!(at.value <= value + 1e-4 * length * slope)) high = length
    else {
      lower = { point, at }
      if (dot(at.gradient, direction) >= 0.9 * slope) return lower
      low = length
    }
    length = high === Number.POSITIVE_INFINITY ? 2 * length : (low + high) / 2
  }
  return lower
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function addScaled(target: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * other[i]!
}
