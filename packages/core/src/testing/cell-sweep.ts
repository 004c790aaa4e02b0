/**
 * Checks that every recurrent cell passes, whoever wrote it: no test row of its own is needed.
 *
 * One file, because a cell's author who meets a failing check finds all of what it does here.
 * The runner's functions are arguments, so that any runner will do:
 *
 *     for (const { descriptor } of container.registry(CELL).list()) describeCell(descriptor, { describe, test })
 */
import { z } from 'zod'
import type { Backend } from '../backend/backend.ts'
import { createContainer } from '../container/container.ts'
import type { Descriptor } from '../container/descriptor.ts'
import type { Services } from '../container/services.ts'
import { flattenParameters, unflattenParameters } from '../io/parameter-paths.ts'
import { readSafetensors } from '../io/safetensors-read.ts'
import { encodeSafetensors } from '../io/safetensors-write.ts'
import type { Tensor } from '../ir/scope.ts'
import type { Cell, CellState, Parameters, TensorParameters } from '../nn/layer.ts'
import { add, mul } from '../ops/elementwise.ts'
import { sum } from '../ops/reduction.ts'
import { key as keyOfSeed } from '../random/keys.ts'
import { formatType, sizeOf, type TensorType } from '../tensor/dtype.ts'
import { isNdArray, type NdArray } from '../tensor/nd-array.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { scan } from '../transform/scan.ts'
import { compileFunction, evaluate } from '../transform/trace.ts'
import { leavesWithPaths } from '../transform/tree.ts'
import { checkGradients } from './check-gradients.ts'
import { expectClose } from './expect-close.ts'
import { sampleArray } from './primitive-cases.ts'

/** What is checked: a component of extension point `cell`, or a function from input features to a cell. */
export type CellSubject = Descriptor | ((inputSize: number) => Cell)

/** What {@link cellChecks} may be told. */
export interface CellCheckOptions {
  /** Options of a descriptor's cell; small ones that its schema accepts unless given. */
  readonly config?: { readonly [option: string]: unknown }
  /** Services for a descriptor's `create`; an empty container unless given. */
  readonly services?: Services
  /** Backends whose outputs and gradients must be those of the reference backend. */
  readonly backends?: readonly Backend[]
  /** Largest relative difference between backends, by dtype; 1e-5 and 1e-10 unless given. */
  readonly parityTolerance?: { readonly float32?: number; readonly float64?: number }
  /** Exports the cell's step and compares it with the arguments' result; throws when it differs. */
  readonly exportCheck?: (cell: Cell, example: CellExample) => Promise<void>
}

/** A cell's parameters with one sequence to run it on. */
export interface CellExample {
  readonly parameters: Parameters
  /** By state part, (batch, ...). */
  readonly state: { readonly [name: string]: NdArray }
  /** (time, batch, inputSize). */
  readonly xs: NdArray
}

/** One check; `run` throws when the cell fails it. */
export interface CellCheck {
  readonly name: string
  /** Runs the check. */
  readonly run: () => void | Promise<void>
}

const [TIME, BATCH, INPUT] = [3, 2, 4]
type Float = 'float32' | 'float64'

/** The checks as data, for runners without `describe`. */
export function cellChecks(subject: CellSubject, options: CellCheckOptions = {}): CellCheck[] {
  const config = typeof subject === 'function' ? undefined : (options.config ?? sampleConfig(subject.config))
  const make = () => cellOf(subject, config, options.services)
  const checks: CellCheck[] = [
    {
      name: 'has the state and the output that it declares, in float32 and float64',
      run: () => checkShapes(make()),
    },
    {
      name: 'has gradients that equal finite differences over three steps',
      run: () => checkCellGradients(make()),
    },
    {
      name: 'draws the same parameters from the same key, and others from another',
      run: () => checkKeys(make()),
    },
    { name: 'gives the same bits on every run, also when made again', run: () => checkRepeat(make) },
    {
      name: 'treats a row of a batch as the row alone, whatever its neighbours',
      run: () => checkRows(make()),
    },
    { name: 'gives in float32 what it gives in float64', run: () => checkPrecision(make()) },
    { name: 'gives the same bits with parameters saved and loaded', run: () => checkSaving(make()) },
    {
      name: 'gives for a sequence at once what its steps give',
      run: () => checkSequence(make()),
    },
  ]
  if (typeof subject !== 'function') {
    checks.push({
      name: 'has options that are JSON and refuses unknown ones',
      run: () => checkConfig(subject, config!),
    })
  }
  for (const backend of options.backends ?? []) {
    for (const dtype of ['float32', 'float64'] as const) {
      const tolerance = options.parityTolerance?.[dtype] ?? (dtype === 'float32' ? 1e-5 : 1e-10)
      const run = () => checkParity(make(), backend, dtype, tolerance)
      checks.push({
        name: `has on ${backend.name} the outputs and gradients of the reference in ${dtype}`,
        run,
      })
    }
  }
  const { exportCheck } = options
  if (exportCheck !== undefined) {
    checks.push({
      name: 'works the same when exported',
      run: () => exportCheck(make(), exampleOf(make(), 'float32')),
    })
  }
  return checks
}

/** A test runner's two functions, as in vitest or node:test. */
export interface TestRunner {
  /** Groups tests under a name. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Declares one test. */
  readonly test: (name: string, body: () => void | Promise<void>) => unknown
}

/** Declares the checks of a cell as tests. */
export function describeCell(subject: CellSubject, options: CellCheckOptions & TestRunner): void {
  const name = typeof subject === 'function' ? subject.name || 'a cell' : subject.type
  options.describe(`cell ${name}`, () => {
    for (const check of cellChecks(subject, options)) options.test(check.name, check.run)
  })
}

/**
 * Small options that a schema accepts: required numbers, booleans and choices are filled in, all else keeps its
 * default.
 *
 * @throws an Error that names the option for which it has no example
 */
export function sampleConfig(schema: z.ZodType): { [option: string]: unknown } {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return sampleOf(json as JsonSchema, '') as { [option: string]: unknown }
}

interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly properties?: { readonly [name: string]: JsonSchema }
  readonly required?: readonly string[]
}

function sampleOf(schema: JsonSchema, path: string): unknown {
  if (schema.enum !== undefined) return schema.enum[0]
  switch (schema.type) {
    case 'integer':
      return Math.max(3, schema.minimum ?? 3)
    case 'number':
      return Math.max(0.5, schema.minimum ?? 0.5)
    case 'boolean':
      return false
    case 'object': {
      const names = schema.required ?? []
      return Object.fromEntries(
        names.map(name => [name, sampleOf(schema.properties![name]!, `${path}.${name}`)]),
      )
    }
  }
  throw new Error(`no example is known for option "${path.slice(1)}": give describeCell a config`)
}

function cellOf(subject: CellSubject, config: unknown, services: Services | undefined): Cell {
  if (typeof subject === 'function') return subject(INPUT)
  const made = subject.create(subject.config.parse(config), services ?? createContainer([]))
  if (typeof made === 'function') return made(INPUT) as Cell
  throw new Error(`create of cell "${subject.type}" must return a function (inputSize) => Cell`)
}

function exampleOf(cell: Cell, dtype: Float, seed = 0): CellExample {
  const parts = Object.entries(cell.stateShapes)
  const state = parts.map(([name, shape], i) => [name, sampleArray([BATCH, ...shape], 2 + i + seed, dtype)])
  return {
    parameters: cell.init(keyOfSeed(5), dtype),
    state: Object.fromEntries(state),
    xs: sampleArray([TIME, BATCH, INPUT], 1 + seed, dtype),
  }
}

type Run = (p: TensorParameters, state: CellState, xs: Tensor) => { outputs: Tensor; state: CellState }

function overTime(cell: Cell): Run {
  return (parameters, state, xs) => {
    const [last, outputs] = scan(
      (carried: CellState, x: Tensor): [CellState, Tensor] => {
        const after = cell.step(parameters as never, carried, x)
        return [after.state, after.output]
      },
      state,
      xs as never,
    )
    return { outputs, state: last }
  }
}

function run(cell: Cell, { parameters, state, xs }: CellExample): [string, NdArray][] {
  const result = evaluate(
    overTime(cell) as never,
    parameters as never,
    state as never,
    xs as never,
  ) as unknown
  return leavesWithPaths<NdArray>(result, isNdArray).map(({ path, leaf }) => [path, leaf])
}

function expectType(actual: TensorType, expected: TensorType, what: string): void {
  const [found, wanted] = [formatType(actual), formatType(expected)]
  if (found !== wanted) throw new Error(`${what} is ${found}, declared ${wanted}`)
}

function expectSame(actual: [string, NdArray][], expected: [string, NdArray][], tolerance = 0): void {
  for (const [i, [path, array]] of expected.entries()) {
    try {
      expectClose(actual[i]![1], array, tolerance)
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
    }
  }
}

function checkShapes(cell: Cell): void {
  if (cell.inputSize !== INPUT) throw new Error(`inputSize is ${cell.inputSize}, asked for ${INPUT}`)
  for (const dtype of ['float32', 'float64'] as const) {
    const example = exampleOf(cell, dtype)
    const parameters = flattenParameters(example.parameters)
    for (const [path, array] of parameters) {
      if (array.dtype !== dtype) throw new Error(`parameter ${path} is ${array.dtype}, asked for ${dtype}`)
      expectType(array, { dtype, shape: [...array.shape] }, path)
      if (array.data.length !== sizeOf(array.shape))
        throw new Error(`parameter ${path} does not fill its shape`)
    }
    for (const name of cell.recurrentWeights ?? []) {
      if (!parameters.has(name)) throw new Error(`recurrentWeights names "${name}", which is no parameter`)
    }
    const results = new Map(run(cell, example))
    expectType(
      results.get('outputs')!,
      { dtype, shape: [TIME, BATCH, cell.outputSize] },
      'the output over time',
    )
    for (const [name, shape] of Object.entries(cell.stateShapes)) {
      expectType(results.get(`state.${name}`)!, { dtype, shape: [BATCH, ...shape] }, `state ${name}`)
    }
    for (const [path, array] of results) {
      if (!Array.from(array.data, Number).every(Number.isFinite)) throw new Error(`${path} is not finite`)
    }
  }
}

function checkCellGradients(cell: Cell): void {
  const { parameters, state, xs } = exampleOf(cell, 'float64')
  checkGradients(overTime(cell) as never, [parameters, state, xs])
}

function checkKeys(cell: Cell): void {
  const drawn = (seed: number) => [...flattenParameters(cell.init(keyOfSeed(seed), 'float32'))]
  expectSame(drawn(5), drawn(5))
  const text = (seed: number) => drawn(seed).map(([, array]) => array.data.join())
  if (drawn(5).length > 0 && text(5).join() === text(6).join())
    throw new Error('two keys give the same parameters')
}

function checkRepeat(make: () => Cell): void {
  const cell = make()
  expectSame(run(cell, exampleOf(cell, 'float32')), run(cell, exampleOf(cell, 'float32')))
  expectSame(run(make(), exampleOf(make(), 'float32')), run(cell, exampleOf(cell, 'float32')))
}

function checkRows(cell: Cell): void {
  const [example, others] = [exampleOf(cell, 'float64'), exampleOf(cell, 'float64', 50)]
  const together = run(cell, example)
  for (let row = 0; row < BATCH; row++) {
    const alone = run(
      cell,
      mapData(example, (array, axis) => takeRow(array, axis, row)),
    )
    expectSame(
      together.map(([path, array]) => [path, takeRow(array, path === 'outputs' ? 1 : 0, row)]),
      alone,
      1e-12,
    )
    const mixed = run(cell, {
      ...mapData(example, (array, axis, other) => withRow(other!, array, axis, row), others),
      parameters: example.parameters,
    })
    expectSame(
      mixed.map(([path, array]) => [path, takeRow(array, path === 'outputs' ? 1 : 0, row)]),
      alone,
      1e-12,
    )
  }
}

/** States and xs changed array by array; `axis` is that of the batch. */
function mapData(
  example: CellExample,
  change: (array: NdArray, axis: number, other?: NdArray) => NdArray,
  others?: CellExample,
): CellExample {
  const state = Object.entries(example.state).map(([name, array]) => [
    name,
    change(array, 0, others?.state[name]),
  ])
  return { ...example, state: Object.fromEntries(state), xs: change(example.xs, 1, others?.xs) }
}

function takeRow(array: NdArray, axis: number, row: number): NdArray {
  const inner = sizeOf(array.shape.slice(axis + 1))
  const rows = array.shape[axis]!
  const data = (array.data as Float64Array).filter((_, i) => Math.floor(i / inner) % rows === row)
  return { dtype: array.dtype, shape: array.shape.with(axis, 1), data }
}

function withRow(array: NdArray, source: NdArray, axis: number, row: number): NdArray {
  const inner = sizeOf(array.shape.slice(axis + 1))
  const rows = array.shape[axis]!
  const from = source.data as Float64Array
  const data = (array.data as Float64Array).map((x, i) =>
    Math.floor(i / inner) % rows === row ? from[i]! : x,
  )
  return { ...array, data }
}

function checkPrecision(cell: Cell): void {
  const exact = exampleOf(cell, 'float64')
  const rounded = leavesTo32(exact) as CellExample
  expectSame(run(cell, rounded), run(cell, exact), 1e-4)
}

function leavesTo32(tree: unknown): unknown {
  if (isNdArray(tree))
    return { dtype: 'float32', shape: tree.shape, data: Float32Array.from(tree.data as Float64Array) }
  return Object.fromEntries(Object.entries(tree as object).map(([name, part]) => [name, leavesTo32(part)]))
}

async function checkSaving(cell: Cell): Promise<void> {
  for (const dtype of ['float32', 'float64'] as const) {
    const example = exampleOf(cell, dtype)
    const bytes = Buffer.concat(encodeSafetensors(flattenParameters(example.parameters)))
    const file = await readSafetensors(bytes)
    const loaded = unflattenParameters(file.tensors) as Parameters
    expectSame(run(cell, { ...example, parameters: loaded }), run(cell, example))
  }
}

function checkConfig(descriptor: Descriptor, config: { readonly [option: string]: unknown }): void {
  const complete = descriptor.config.parse(config)
  const again = descriptor.config.parse(JSON.parse(JSON.stringify(complete)))
  const [first, second] = [JSON.stringify(complete), JSON.stringify(again)]
  if (first !== second) throw new Error(`options do not survive JSON: ${first} became ${second}`)
  if (descriptor.config.safeParse({ ...config, noSuchOption: 1 }).success)
    throw new Error('an unknown option is accepted: use z.strictObject')
}

/** Cells without `sequence` have nothing to compare; those that answer undefined are run step by step anyway. */
function checkSequence(cell: Cell): void {
  if (cell.sequence === undefined) return
  const atOnce: Run = (parameters, state, xs) =>
    cell.sequence?.(parameters as never, state, xs, {}) ?? overTime(cell)(parameters, state, xs)
  const { parameters, state, xs } = exampleOf(cell, 'float64')
  const measured = (run: Run) => {
    const both = valueAndGrad(lossOf(run) as never, { hasAux: true }) as never
    const result = evaluate(both, [parameters, state, xs] as never) as unknown
    return leavesWithPaths<NdArray>(result, isNdArray).map(({ path, leaf }): [string, NdArray] => [
      path,
      leaf,
    ])
  }
  const sorted = (leaves: [string, NdArray][]) => leaves.toSorted(([a], [b]) => (a < b ? -1 : 1))
  expectSame(sorted(measured(atOnce)), sorted(measured(overTime(cell))), 1e-9)
}

/** Σ of squares of the outputs and of the last state, and what it is made of. */
function lossOf(run: Run) {
  return (all: [TensorParameters, CellState, Tensor]): [Tensor, unknown] => {
    const result = run(...all)
    const parts = [result.outputs, ...Object.values(result.state)]
    return [parts.map(part => sum(mul(part, part))).reduce((a, b) => add(a, b)), result]
  }
}

async function checkParity(cell: Cell, backend: Backend, dtype: Float, tolerance: number): Promise<void> {
  const { parameters, state, xs } = exampleOf(cell, dtype)
  const both = valueAndGrad(lossOf(overTime(cell)) as never, { hasAux: true }) as never
  const expected = evaluate(both, [parameters, state, xs] as never) as unknown
  const compiled = await compileFunction(backend, both, [[parameters, state, xs]] as never)
  try {
    const actual = (await (compiled as unknown as (all: unknown) => Promise<unknown>)([
      parameters,
      state,
      xs,
    ])) as unknown
    const leaves = (tree: unknown) =>
      leavesWithPaths<NdArray>(tree, isNdArray).map(({ path, leaf }): [string, NdArray] => [path, leaf])
    expectSame(leaves(actual), leaves(expected), tolerance)
  } finally {
    await compiled.dispose()
  }
}
