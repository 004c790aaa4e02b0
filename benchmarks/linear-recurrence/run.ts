/**
 * The forms of linear recurrences against each other on ONNX Runtime, by length: tokens a second, forward and forward
 * with backward. Prints one Markdown table for each cell.
 *
 *   pnpm --filter @elman/benchmarks run linear-recurrence [--cells min-gru,mamba-2] [--lengths 128,1024] [--batch 4]
 *        [--width 256] [--heads 4] [--threads 2] [--milliseconds 400] [--rounds 3] [--chunk N] [--clock wall|cpu]
 *        [--out FILE]
 *
 * A cell is a whole layer: input product, recurrence, output; width features in and out. `element` is hₜ = aₜ ⊙ hₜ₋₁ + bₜ
 * alone. An LSTM of the same width, which has no other form than its loop, stands beside them. All variants of a row
 * are compiled, then take turns; the figure is the fastest round's median. A dash: the form would hold more than
 * --memory GiB at once.
 */
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import {
  type Cell,
  compileFunction,
  type Executable,
  filled,
  leavesOf,
  mul,
  type NdArray,
  ndArray,
  random,
  sum,
  type Tensor,
  valueAndGrad,
} from '@elman/core'
import {
  elementRecurrence,
  type FormOptions,
  gatedDeltaNet,
  lstm,
  mamba2,
  minGru,
  minLstm,
  mLstm,
  rgLru,
  unroll,
} from '@elman/layers-recurrent'

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: 'element,min-gru,min-gru-log,rg-lru,mamba-2,m-lstm,gated-delta-net' },
    lengths: { type: 'string', default: '128,256,512,1024,2048,4096' },
    batch: { type: 'string', default: '4' },
    width: { type: 'string', default: '256' },
    heads: { type: 'string', default: '4' },
    threads: { type: 'string', default: '2' },
    milliseconds: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '3' },
    memory: { type: 'string', default: '1' },
    chunk: { type: 'string' },
    clock: { type: 'string', default: 'wall' },
    out: { type: 'string' },
  },
})
const [batch, width, heads] = [Number(values.batch), Number(values.width), Number(values.heads)]
const keySize = width / heads
const threads = Number(values.threads)
const backend = onnxRuntimeBackend({ threads, spinning: true })

const FORMS = ['sequential', 'scan', 'chunked', 'auto'] as const
type Form = (typeof FORMS)[number]
type Run = (given: readonly never[]) => Tensor

interface Subject {
  /** A function of traced arguments, and arguments for it. */
  make(time: number, options: FormOptions): { readonly run: Run; readonly given: readonly unknown[] }
  /** Numbers that the scan form holds of one step of one row. */
  readonly heldByScan: number
}

function drawn(shape: readonly number[], seed: number): NdArray {
  const size = shape.reduce((a, b) => a * b, 1)
  return ndArray('float32', shape, random.normal(random.foldIn(random.key(1), seed), size, 'float32'))
}

function layer(make: (options: FormOptions) => unknown, heldByScan: number): Subject {
  return {
    heldByScan,
    make(time, options) {
      const cell = make(options) as Cell
      const run = (([parameters, xs]: readonly [never, Tensor]) =>
        unroll(cell, parameters, xs).outputs) as never
      return { run, given: [cell.init(random.key(2), 'float32'), drawn([time, batch, width], 3)] }
    },
  }
}

const sizes = { inputSize: width, hidden: width }
const memory = width * keySize
const SUBJECTS: { readonly [name: string]: Subject } = {
  element: {
    heldByScan: 4 * width,
    make: (time, options) => ({
      run: (([decay, input]: readonly [Tensor, Tensor]) =>
        elementRecurrence({ decay, input }, options).states) as never,
      given: [filled([time, batch, width], 0.9), drawn([time, batch, width], 3)],
    }),
  },
  'min-gru': layer(options => minGru({ ...sizes, ...options }), 4 * width),
  'min-gru-log': layer(options => minGru({ ...sizes, space: 'log', ...options }), 8 * width),
  'min-lstm': layer(options => minLstm({ ...sizes, ...options }), 4 * width),
  'rg-lru': layer(options => rgLru({ ...sizes, heads, convolution: 4, ...options }), 4 * width),
  'mamba-2': layer(options => mamba2({ ...sizes, heads, stateSize: keySize, ...options }), 4 * memory),
  'm-lstm': layer(options => mLstm({ ...sizes, heads, ...options }), 4 * memory),
  'gated-delta-net': layer(options => gatedDeltaNet({ ...sizes, heads, ...options }), 8 * memory),
}

const directions = ['forward', 'forward and backward'] as const

interface Variant {
  readonly executable: Executable
  readonly given: readonly NdArray[]
  into: NdArray[]
  best: number
}

async function compiled(subject: Subject, time: number, form: Form, backward: boolean): Promise<Variant> {
  const chunk = values.chunk === undefined ? {} : { chunk: Number(values.chunk) }
  const { run, given } = subject.make(time, { form, ...chunk })
  const loss = (all: readonly never[]) => {
    const outputs = run(all)
    return sum(mul(outputs, outputs))
  }
  const f = backward ? valueAndGrad(loss) : run
  const { executable } = await compileFunction(backend, f as never, [given] as never)
  const arrays = leavesOf<NdArray>(
    given,
    value => typeof value === 'object' && value !== null && 'data' in value,
  )
  const into = await executable.run(arrays)
  return { executable, given: arrays, into, best: Number.POSITIVE_INFINITY }
}

/** Milliseconds, of the wall or of this process's work: the latter, with one thread, hardly sees what else runs. */
function now(): number {
  if (values.clock === 'wall') return performance.now()
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Median of the runs that fit in the time of a block. */
async function measure(variant: Variant): Promise<void> {
  const times: number[] = []
  const start = performance.now()
  while (times.length < 3 || performance.now() - start < Number(values.milliseconds)) {
    const before = now()
    variant.into = await variant.executable.run(variant.given, { into: variant.into })
    times.push(now() - before)
  }
  variant.best = Math.min(variant.best, times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!)
}

/** Milliseconds of one run by form; undefined where the form would hold too much. */
async function row(subject: Subject, time: number, backward: boolean): Promise<(number | undefined)[]> {
  const held = (subject.heldByScan * time * batch * 4 * (backward ? 3 : 1)) / 2 ** 30
  const variants: (Variant | undefined)[] = []
  for (const form of FORMS) {
    const tooLarge = form === 'scan' && held > Number(values.memory)
    variants.push(tooLarge ? undefined : await compiled(subject, time, form, backward))
  }
  for (let round = 0; round < Number(values.rounds); round++)
    for (const variant of variants) if (variant !== undefined) await measure(variant)
  for (const variant of variants) await variant?.executable.dispose()
  return variants.map(variant => variant?.best)
}

const lines: string[] = []
const say = (line: string) => {
  lines.push(line)
  console.log(line)
}
const rate = (time: number, ms: number | undefined) =>
  ms === undefined ? '-' : Math.round((time * batch * 1000) / ms).toLocaleString('en')

say(`# Forms of linear recurrences: tokens a second`)
say('')
say(
  `${cpus()[0]?.model.trim()}, ${threads} thread${threads > 1 ? 's' : ''}, load at the start ${loadavg()[0]!.toFixed(1)}; ` +
    `${values.clock} clock; batch ${batch}, width ${width}, ${heads} heads; ${Object.values(backend.describe()).join(' ')}.`,
)
for (const name of values.cells!.split(',')) {
  const subject = SUBJECTS[name]
  if (subject === undefined) {
    console.error(`no cell "${name}": ${Object.keys(SUBJECTS).join(', ')}`)
    process.exit(2)
  }
  say(`\n## ${name}\n`)
  say(`| steps | ${directions.map(d => FORMS.map(form => `${d}: ${form}`).join(' | ')).join(' | ')} |`)
  say(`| ---: | ${Array.from({ length: 2 * FORMS.length }, () => '---:').join(' | ')} |`)
  for (const time of values.lengths!.split(',').map(Number)) {
    const cells: string[] = []
    for (const backward of [false, true])
      cells.push(...(await row(subject, time, backward)).map(ms => rate(time, ms)))
    say(`| ${time} | ${cells.join(' | ')} |`)
  }
}

say('\n## lstm, for comparison: its one form\n')
say('| steps | forward | forward and backward |')
say('| ---: | ---: | ---: |')
const reference = layer(() => lstm(sizes), 0)
for (const time of values.lengths!.split(',').map(Number)) {
  const cells: string[] = []
  for (const backward of [false, true]) {
    const variant = await compiled(reference, time, 'auto', backward)
    for (let round = 0; round < Number(values.rounds); round++) await measure(variant)
    await variant.executable.dispose()
    cells.push(rate(time, variant.best))
  }
  say(`| ${time} | ${cells.join(' | ')} |`)
}
if (values.out !== undefined) writeFileSync(values.out, `${lines.join('\n')}\n`)
