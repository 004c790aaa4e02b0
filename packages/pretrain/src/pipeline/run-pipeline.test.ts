/** Pipelines of small stages: what runs, what does not run again, and what a process that dies leaves behind. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  createContainer,
  defineComponent,
  definePlugin,
  referenceBackend,
  STAGE,
  takeLock,
} from '@elman/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Stage, StageContext } from '../stages/stage.ts'
import { pipelineStatus } from './pipeline-status.ts'
import { resolvePipeline } from './resolve-pipeline.ts'
import { type PipelineEvent, runPipeline } from './run-pipeline.ts'

/** What a test wants of the stage `upper`: that it stops, fails, or does as it should. */
let behaviour: 'works' | 'stops' | 'fails' | 'forgets' | 'other' = 'works'
const read = defineComponent(STAGE, {
  type: 'read',
  summary: 'a file as text',
  config: z.strictObject({ file: z.string(), vocabulary: z.string().optional() }),
  create: ({ file, vocabulary }): Stage => ({
    inputs: {},
    outputs: { text: { kind: 'text', summary: 'text.txt' } },
    sources: () => [file],
    async run({ baseDirectory, outputDirectory }) {
      const text = readFileSync(join(baseDirectory, file))
      writeFileSync(join(await outputDirectory('text'), 'text.txt'), text)
      return { outcome: 'finished', outputs: { text: vocabulary === undefined ? {} : { vocabulary } } }
    },
  }),
})
const upper = defineComponent(STAGE, {
  type: 'upper',
  summary: 'capitals, with the seed behind',
  config: z.strictObject({ mark: z.string().default('!') }),
  create: ({ mark }): Stage => ({
    inputs: {
      text: { kind: 'text', summary: 'some text' },
      more: { kind: 'text', summary: 'more text', optional: true },
    },
    outputs: { text: { kind: 'text', summary: 'text.txt' } },
    async run({ inputs, workDirectory, seed, outputDirectory, onEvent }: StageContext) {
      const log = join(workDirectory, 'sessions.txt')
      const before = existsSync(log) ? readFileSync(log, 'utf8') : ''
      writeFileSync(log, `${before}x`)
      const folder = await outputDirectory('text')
      if (behaviour === 'stops') return { outcome: 'interrupted' }
      if (behaviour === 'fails') throw new Error('it broke')
      if (behaviour === 'forgets') return { outcome: 'finished', outputs: {} }
      if (behaviour === 'other') return { outcome: 'finished', outputs: { txt: {} } }
      const text = readFileSync(join(inputs.text!.path, 'text.txt'), 'utf8')
      writeFileSync(join(folder, 'text.txt'), `${text.toUpperCase()}${mark}${seed}`)
      onEvent({ kind: 'note', text: `found ${before.length} sessions` })
      return { outcome: 'finished', outputs: { text: {} }, scores: { length: text.length } }
    },
  }),
})
const container = createContainer([
  definePlugin({
    ...{ name: 'small-stages', version: '0.1.0', apiVersion: 1, elman: '^0.1.0' },
    register({ stage, backend }) {
      stage(read)
      stage(upper)
      const config = z.strictObject({})
      const create = () => referenceBackend()
      backend(defineComponent(BACKEND, { type: 'reference', summary: 'plain', config, create }))
    },
  }),
])

let folder = ''
beforeEach(() => {
  behaviour = 'works'
  folder = mkdtempSync(join(tmpdir(), 'elman-pipeline-'))
  writeFileSync(join(folder, 'a.txt'), 'one two')
})
afterEach(() => rmSync(folder, { recursive: true }))

const stages = [
  { name: 'loud', type: 'upper', inputs: { text: 'raw.text' } },
  { name: 'raw', type: 'read', file: 'a.txt' },
  { name: 'last', type: 'upper', inputs: { text: 'loud.text' } },
]
const planned = (change: object = {}, list: readonly object[] = stages) =>
  resolvePipeline(
    { backend: 'reference', stages: list, ...change },
    { container, baseDirectory: folder, file: 'elman.pipeline.json' },
  )

async function run(change: object = {}, list?: readonly object[], signal?: AbortSignal) {
  const events: PipelineEvent[] = []
  const plan = await planned(change, list)
  const result = await runPipeline(plan, {
    ...{ directory: join(folder, 'out'), container, backend: referenceBackend(), signal },
    onEvent: event => void events.push(event),
  })
  const told = events.flatMap(event => {
    if (event.kind === 'stage-known') return [`${event.stage} known`]
    if (event.kind === 'stage-start')
      return [[event.stage, event.resumed ? 'resumes' : 'runs', ...event.changes].join(' | ')]
    return []
  })
  return { ...result, told: told.map(line => line.replaceAll(/[0-9a-f]{12}/g, 'HASH')), events }
}
const hashes = ({ stages: done }: Awaited<ReturnType<typeof run>>) =>
  Object.values(done).map(({ outputs }) => outputs.text!.hash)
const message = (error: Error) => error.message.replaceAll(folder, 'FOLDER').replaceAll('\\', '/')

test('each stage runs once, in the order of its inputs; work is gone when it is finished', async () => {
  const first = await run()
  expect(first.outcome).toBe('finished')
  expect(first.told).toEqual(['raw | runs', 'loud | runs', 'last | runs'])
  expect((await run()).told).toEqual(['raw known', 'loud known', 'last known'])
  expect(existsSync(join(folder, 'out/stages/loud/work'))).toBe(false)
  expect(readFileSync(join(folder, 'out/stages/loud/result/text/text.txt'), 'utf8')).toMatch(/^ONE TWO!\d+$/)
  const report = readFileSync(first.report, 'utf8')
  for (const hash of hashes(first)) expect(report).toContain(hash)
  expect(report).toContain('| loud | upper | text: raw.text | length 7 |')
})

test('what changed is told, and what depends on it runs again: options, seed, files, inputs', async () => {
  const first = await run()
  const marked = stages.map(stage => (stage.name === 'loud' ? { ...stage, mark: '?' } : stage))
  expect((await run({}, marked)).told).toMatchInlineSnapshot(`
    [
      "raw known",
      "loud | runs | config: mark: "!" → "?"",
      "last | runs | input "text": HASH of loud.text → HASH of loud.text",
    ]
  `)
  expect((await run({ seed: 2 }, marked)).told).toMatchInlineSnapshot(`
    [
      "raw | runs | the pipeline's seed: 1 → 2",
      "loud | runs | the pipeline's seed: 1 → 2",
      "last | runs | the pipeline's seed: 1 → 2 | input "text": HASH of loud.text → HASH of loud.text",
    ]
  `)
  writeFileSync(join(folder, 'a.txt'), 'three')
  expect((await run({ seed: 2 }, marked)).told).toMatchInlineSnapshot(`
    [
      "raw | runs | file a.txt: HASH → HASH",
      "loud | runs | input "text": HASH of raw.text → HASH of raw.text",
      "last | runs | input "text": HASH of loud.text → HASH of loud.text",
    ]
  `)
  rmSync(join(folder, 'a.txt'))
  expect((await run({ seed: 2 }, marked)).told).toEqual(['raw known', 'loud known', 'last known'])
  writeFileSync(join(folder, 'a.txt'), 'one two')
  expect(hashes(await run())).toEqual(hashes(first))
})

test('a stage that was stopped or failed goes on from its work, and ends as if nothing had been', async () => {
  const whole = await run()
  renameSync(join(folder, 'out'), join(folder, 'whole'))
  behaviour = 'stops'
  const stopped = await run()
  expect(stopped).toMatchObject({ outcome: 'interrupted', at: 'loud', told: ['raw | runs', 'loud | runs'] })
  const states = async () =>
    (await pipelineStatus(await planned(), join(folder, 'out'), container)).map(each => each.state)
  expect(await states()).toEqual(['finished', 'begun', 'waiting'])
  behaviour = 'fails'
  await expect(run()).rejects.toThrow('it broke')
  behaviour = 'works'
  const ended = await run()
  expect(ended.told).toEqual(['raw known', 'loud | resumes', 'last | runs'])
  expect(ended.events).toContainEqual({
    ...{ kind: 'stage-event', stage: 'loud' },
    event: { kind: 'note', text: 'found 2 sessions' },
  })
  expect(ended.stages.loud!.sessions).toBe(3)
  expect(hashes(ended)).toEqual(hashes(whole))
  expect(await states()).toEqual(['finished', 'finished', 'finished'])
})

test('work that was begun with other options is not gone on with', async () => {
  behaviour = 'stops'
  await run()
  behaviour = 'works'
  const marked = stages.map(stage => (stage.name === 'loud' ? { ...stage, mark: '?' } : stage))
  expect((await run({}, marked)).told).toEqual(['raw known', 'loud | runs', 'last | runs'])
})

test('a process that died while results were put in place loses nothing', async () => {
  const whole = await run()
  const stage = (name: string) => join(folder, 'out/stages', name)
  // died between removing the old result and the renaming of the new one
  renameSync(join(stage('loud'), 'result'), join(stage('loud'), 'result.partial'))
  // died between the renaming and the removal of the work
  mkdirSync(join(stage('last'), 'work'))
  // died while a note was written
  writeFileSync(join(stage('last'), '.begun.json.tmp-1'), '{')
  expect((await run()).told).toEqual(['raw known', 'loud known', 'last known'])
  expect(readdirSync(stage('last'))).toEqual(['result'])
  // died while outputs were written
  rmSync(join(stage('loud'), 'result'), { recursive: true })
  mkdirSync(join(stage('loud'), 'result.partial/text'), { recursive: true })
  writeFileSync(join(stage('loud'), 'result.partial/text/left.txt'), 'half')
  const again = await run()
  expect(again.told).toEqual(['raw known', 'loud | runs', 'last known'])
  expect(hashes(again)).toEqual(hashes(whole))
})

test('a result that was changed on the disk is an error, not another number', async () => {
  await run()
  writeFileSync(join(folder, 'out/stages/raw/result/text/text.txt'), 'two one')
  expect(await run().catch(message)).toMatchInlineSnapshot(`
    "ARTEFACT_DAMAGED  an artefact is not as it was written
      found    text.txt has another content
      in FOLDER/out/stages/raw/result/text
      put the files back, or delete the result of the stage: the pipeline makes it again"
  `)
  rmSync(join(folder, 'out/stages/raw/result'), { recursive: true })
  expect((await run()).told).toEqual(['raw | runs', 'loud known', 'last known'])
})

test('a damaged record is an error with its file; a damaged note of begun work only loses that work', async () => {
  behaviour = 'stops'
  await run()
  behaviour = 'works'
  writeFileSync(join(folder, 'out/stages/loud/begun.json'), '{"type":')
  expect((await run()).told).toEqual(['raw known', 'loud | runs', 'last | runs'])
  const record = join(folder, 'out/stages/loud/result/stage.json')
  writeFileSync(record, readFileSync(record, 'utf8').replace('"seed": 1', '"seed": "1"'))
  expect(await run().catch(message)).toMatchInlineSnapshot(`
    "PIPELINE_FILE_INVALID  a file of the pipeline is damaged
      found    seed: Invalid input: expected number, received string
      in FOLDER/out/stages/loud/result/stage.json
      delete the folder of the stage it belongs to: the stage runs again; pipeline.json is written by the next run"
  `)
  writeFileSync(record, '')
  await expect(run()).rejects.toMatchObject({ code: 'PIPELINE_FILE_INVALID' })
})

test('a stage that is asked to stop before it begins is not begun', async () => {
  const stopped = await run({}, undefined, AbortSignal.abort())
  expect(stopped).toMatchObject({ outcome: 'interrupted', at: 'raw', told: [] })
})

test('inputs that do not belong together are refused before the stage begins', async () => {
  const list = [
    { name: 'a', type: 'read', file: 'a.txt', vocabulary: 'v1' },
    { name: 'b', type: 'read', file: 'a.txt', vocabulary: 'v2' },
    { name: 'c', type: 'upper', inputs: { text: 'a.text', more: 'b.text' } },
  ]
  expect(await run({}, list).catch(message)).toMatchInlineSnapshot(`
    "STAGE_INPUTS_DIFFER  two inputs of stage "c" have not the same vocabulary
      expected v1 (input "text", text from a.text)
      found    v2 (input "more", text from b.text)
      make both with the same vocabulary, or give the stage other inputs"
  `)
  expect(existsSync(join(folder, 'out/stages/c/work'))).toBe(false)
})

test('one process at a time, in a folder of its own', async () => {
  await run()
  const lock = await takeLock(join(folder, 'out/pipeline.lock'))
  await expect(run()).rejects.toMatchObject({ code: 'RUN_LOCKED' })
  lock.release()
  rmSync(join(folder, 'out'), { recursive: true })
  mkdirSync(join(folder, 'out'))
  writeFileSync(join(folder, 'out/thesis.txt'), 'mine')
  expect(await run().catch(message)).toMatchInlineSnapshot(`
    "PIPELINE_FOLDER_TAKEN  the folder of the pipeline holds something else
      expected an empty folder, or that of a pipeline
      found    thesis.txt
      in FOLDER/out
      give another folder"
  `)
})

test('a stage that does not give what it declared is named', async () => {
  behaviour = 'forgets'
  expect(await run().catch(message)).toMatchInlineSnapshot(`
    "STAGE_OUTPUT_MISSING  stage "loud" has ended without its output "text"
      this is a mistake of the stage: tell its author"
  `)
  behaviour = 'other'
  expect(await run().catch(message)).toMatchInlineSnapshot(`
    "STAGE_OUTPUT_UNKNOWN  stage "loud" writes an output that it has not declared
      expected text
      found    txt
      this is a mistake of the stage: tell its author"
  `)
})

test('an artefact from elsewhere is an input too', async () => {
  await run()
  const path = 'out/stages/raw/result/text'
  const elsewhere = [{ name: 'loud', type: 'upper', inputs: { text: { path } } }]
  const plan = await planned({}, elsewhere)
  const options = { container, backend: referenceBackend() }
  const other = await runPipeline(plan, { directory: join(folder, 'second'), ...options })
  expect(other.outcome).toBe('finished')
  const wrong = [{ name: 'loud', type: 'upper', inputs: { text: { path: 'out/stages' } } }]
  await expect(planned({}, wrong)).rejects.toMatchObject({ code: 'ARTEFACT_NOT_FOUND' })
})
