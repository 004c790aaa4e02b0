/** The commands on bundled text: presets run as they are written, stop, go on, and say what went wrong. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { elman, startElman } from './run-elman.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-pretrain-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const small = {
  backend: 'reference',
  stages: [
    { name: 'text', type: 'text', corpus: { type: 'text-files', file: 'a.txt', unit: 'character' } },
    {
      ...{ name: 'model', type: 'language-model', inputs: { text: 'text.text' } },
      corpus: { unit: 'character' },
      model: { type: 'recurrent-lm', embedding: 4, cell: { type: 'lstm', hidden: 8 } },
      train: { steps: 1200, batch: 4, bptt: 8, checkpointEvery: 20 },
    },
  ],
}
function writeSmall() {
  writeFileSync(join(folder, 'a.txt'), 'the cat sat on the mat\n'.repeat(60))
  writeFileSync(join(folder, 'elman.pipeline.json'), JSON.stringify(small))
}

test.each(['ulmfit', 'elmo', 'masked-lm'])(
  'the pipeline that init %s writes runs from text to its end',
  async preset => {
    const made = await elman(['pretrain', 'init', preset, '.'], folder)
    expect(made.code).toBe(0)
    const again = await elman(['pretrain', 'init', preset, '.'], folder)
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('CLI_FILE_EXISTS') })
    const text = readFileSync(join(folder, 'elman.pipeline.json'), 'utf8')
    writeFileSync(
      join(folder, 'play.txt'),
      'The cat sat on the mat .\nThe dog lay on the rug .\n'.repeat(200),
    )
    const corpus = JSON.stringify({ type: 'text-files', file: 'play.txt' })
    const quick = ['--set', `stages.0.corpus=${corpus}`, 'backend={"type":"onnxruntime","threads":1}']
    const ran = await elman(['pretrain', 'run', ...quick, '--json'], folder)
    expect(ran.stderr).toBe('')
    expect(ran.code).toBe(0)
    const last = JSON.parse(ran.stdout.trim().split('\n').at(-1)!)
    expect(last).toMatchObject({ kind: 'result', outcome: 'finished' })
    expect(Object.keys(last.stages)).toHaveLength(JSON.parse(text).stages.length)
    expect(readFileSync(last.report, 'utf8')).toContain('## Artefacts')
    if (preset !== 'elmo') expect(last.stages.scores.scores.accuracy).toBeGreaterThan(0.4)
    const status = await elman(['pretrain', 'status'], folder)
    expect(status.stdout).toMatch(/(\d) of \1 stages finished$/m)
  },
  90_000,
)

test('Ctrl-C keeps what a stage has; status says so, and resume goes on', async () => {
  writeSmall()
  const running = startElman(['pretrain', 'run'], folder)
  await running.said('parameters')
  await new Promise(done => setTimeout(done, 300))
  running.kill('SIGINT')
  const stopped = await running.ended
  expect(stopped.stdout).toContain('stopped at stage model; go on with: elman pretrain resume pipeline')
  expect(stopped.code).toBe(130)
  expect((await elman(['pretrain', 'status'], folder)).stdout).toMatch(
    /^model .*begun, goes on from its work/m,
  )
  const resumed = await elman(
    ['pretrain', 'resume', 'pipeline', '--backend', 'onnxruntime', '--threads', '1'],
    folder,
  )
  expect(resumed.stderr).toContain('1/2 text  done before')
  expect(resumed.stderr).toContain('2/2 model  going on with language-model')
  expect(resumed.code).toBe(0)
  expect(existsSync(join(folder, 'pipeline/report.md'))).toBe(true)
}, 90_000)

test('what is wrong is told before anything runs', async () => {
  expect(await elman(['pretrain', 'run'], folder)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('PIPELINE_NOT_FOUND  there is no pipeline in this folder'),
  })
  writeSmall()
  const wrong = await elman(['pretrain', 'run', '--set', 'stages.1.inputs.text=txt.text'], folder)
  expect(wrong.stderr).toContain('PIPELINE_INPUT_UNKNOWN  stages.1.inputs.text: there is no stage "txt"')
  expect(wrong.stderr).toContain('did you mean text?')
  expect(wrong.code).toBe(2)
  expect(existsSync(join(folder, 'pipeline'))).toBe(false)
  const preset = await elman(['pretrain', 'init', 'elmoo'], folder)
  expect(preset).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean elmo?') })
})
