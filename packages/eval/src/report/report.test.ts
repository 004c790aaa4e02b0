import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { renderReport, writeReport } from './report.ts'
import { type RunFiles, readRunFiles } from './run-files.ts'
import { metricLines, writeSyntheticRun } from './synthetic-run.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-report-'))
})
afterAll(() => rm(folder, { recursive: true }))

const EMPTY: RunFiles = {
  name: 'empty',
  config: undefined,
  environment: undefined,
  data: undefined,
  metrics: [],
  problems: [],
}

/** The visible text of a page: no tags, no styles, spaces collapsed. */
const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

async function report(name: string, options: Parameters<typeof writeSyntheticRun>[1]): Promise<string> {
  await writeSyntheticRun(join(folder, name), options)
  return renderReport([await readRunFiles(join(folder, name))])
}

test('a finished run shows its test perplexity beside the baseline, with units', async () => {
  const text = textOf(await report('finished', {}))
  expect(text).toContain('Test perplexity 136.05 per word')
  expect(text).toContain('Baseline Kneser-Ney 5-gram 166.40 per word, the model&#39;s is 18.2 % lower')
  expect(text).toContain('Test loss 4.9130 nats per word')
  expect(text).toContain('Compression 1.5017 bits per character')
  expect(text).toContain('SHA-256')
  expect(text).toContain('QUEEN MARGARET : O , speak no more')
})

test('a page has one drawing for each thing logged, asks for nothing and runs nothing', async () => {
  const page = await report('drawn', {})
  expect(page.match(/<svg /g)).toHaveLength(7)
  expect(page.match(/<svg [^>]*role="img" aria-labelledby="/g)).toHaveLength(7)
  expect(
    page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '').replaceAll(/xmlns:xlink="[^"]*"/g, ''),
  ).not.toMatch(/<script|<link|<img|\ssrc=|\shref=|@import|https?:/)
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(match => match[1])
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, id] of page.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id)
})

test('text from corpora, configs and folder names is inert', async () => {
  const attack = `<script>alert(1)</script><img src=x onerror=alert(1)>"'\u0000\ud800`
  await writeSyntheticRun(join(folder, 'attack'), { sampleText: attack, license: attack })
  const files = await readRunFiles(join(folder, 'attack'))
  const problems = [attack]
  const config = { [attack]: attack, html: { __proto__: null, markup: attack } }
  const page = await renderReport([
    { ...files, name: attack, config, problems },
    { ...files, name: attack, config: { [attack]: 1 } },
  ])
  expect(page).not.toMatch(/<script|<img|onerror=alert\(1\)>/)
  expect(page).toContain(
    '&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;\uFFFD\uFFFD',
  )
})

test('whatever is missing becomes a sentence', async () => {
  const text = textOf(await renderReport([EMPTY]))
  for (const sentence of [
    'The run has no metrics yet: there are no figures to show.',
    'No training steps or evaluations were logged: there are no curves.',
    'No time breakdown was logged.',
    'No samples were drawn during this run.',
    'The run has no readable data.json: its data are not known.',
    'The run has no readable config.json.',
    'The run has no readable environment.json.',
  ]) {
    expect(text).toContain(sentence)
  }
})

test('a run without baseline and gradient norms says so and still has its curves', async () => {
  const page = await report('bare', { baseline: false, gradientNorms: false })
  expect(page).toContain('No baseline was scored on the test split.')
  expect(page).toContain('Gradient norms by parameter were not logged.')
  expect(page.match(/<svg /g)).toHaveLength(6)
})

test('every ending that makes figures doubtful is told at the top', async () => {
  const diverged = await report('diverged', { ending: 'diverged' })
  expect(diverged).toContain('Diverged at step 2,390: the loss is NaN; largest gradient: rnn.1.recurrent')
  expect(diverged).toContain('The training loss was not a finite number in 1 logged steps.')
  expect(await report('interrupted', { ending: 'interrupt' })).toContain(
    'Interrupted at step 2,390: stopped by Ctrl-C',
  )
  expect(await report('killed', { ending: 'none' })).toContain(
    'The run has not finished: it still goes on or was killed. Figures are as of step 2,390.',
  )
  expect(await report('resumed', { resumed: true })).toContain(
    'Resumed at step 1,660: resumed from checkpoints/1660',
  )
})

test('figures that cannot be compared are called so', async () => {
  await writeSyntheticRun(join(folder, 'word'))
  const word = await readRunFiles(join(folder, 'word'))
  const metrics = word.metrics.map(record =>
    record.kind === 'evaluate' ? { ...record, unit: 'byte', tokens: 9 } : record,
  )
  const page = await renderReport([word, { ...word, metrics }])
  expect(page).toContain('The runs count different units (word, byte): perplexities are not comparable.')
  expect(page).toContain('(9 and 14,921 tokens): not comparable.')
})

test('two runs give one page with what differs, figures side by side, and curves over each other', async () => {
  await writeSyntheticRun(join(folder, 'small'))
  await writeSyntheticRun(join(folder, 'large'), { hidden: 400, rate: 0.5, floor: 4.22 })
  await writeReport([join(folder, 'small'), join(folder, 'large')], join(folder, 'deep', 'compare.html'))
  const page = await readFile(join(folder, 'deep', 'compare.html'), 'utf8')
  const table = textOf(page.slice(page.indexOf('<h2 id="differences">'), page.indexOf('<h2 id="curves">')))
  expect(table.trim()).toBe(
    'What differs in the configs Path small large model.cell.hidden 200 400 train.optimizer.rate 1 0.5',
  )
  expect(textOf(page)).toContain('Perplexity per word 136.05 119.69')
  expect(page).toContain('145.91 small validation')
  expect(page).toContain('128.37 large validation')
})

test('metrics with a torn last line and damaged lines are read as far as they go', async () => {
  const directory = join(folder, 'torn')
  await writeSyntheticRun(directory)
  const lines = metricLines()
    .slice(0, 50)
    .map(line => JSON.stringify(line))
  await writeFile(
    join(directory, 'metrics.jsonl'),
    `${lines.join('\n')}\n[1]\nnot json\n${lines[9]}\n{"kind":"train","st`,
  )
  const files = await readRunFiles(directory)
  expect(files.metrics).toHaveLength(51)
  expect(files.problems).toEqual([
    'The last line of metrics.jsonl was cut off and is left out.',
    '2 lines of metrics.jsonl could not be read and are left out.',
  ])
})

test('files that are no JSON are left out with a sentence', async () => {
  const directory = join(folder, 'damaged')
  await writeSyntheticRun(directory)
  await writeFile(join(directory, 'config.json'), '{')
  const files = await readRunFiles(directory)
  expect(files.config).toBeUndefined()
  expect(files.problems).toEqual(['config.json is not valid JSON and is left out.'])
})

test('odd shapes in data, config and metrics never stop a report', async () => {
  const metrics = metricLines().map(line => ({ ...line, step: 1, loss: Number.NaN, perplexity: Number.NaN }))
  for (const odd of [null, 7, 'text', [], [[]], { files: 3, vocabulary: [] }, { files: [{ bytes: 'x' }] }]) {
    const files = { ...EMPTY, config: odd, environment: odd, data: odd, metrics: metrics as never }
    expect(await renderReport([files])).toContain('</html>')
  }
})

test('a folder that is no run is refused', async () => {
  await expect(readRunFiles(join(folder, 'nowhere'))).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPORT_NOT_A_RUN  "nowhere" is not a run folder
      expected a folder with config.json and metrics.jsonl
      found    nothing at this path
      give the folder that "elman run" printed, such as runs/my-experiment]
  `)
  await mkdir(join(folder, 'photos'))
  await expect(readRunFiles(join(folder, 'photos'))).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPORT_NOT_A_RUN  "photos" is not a run folder
      expected a folder with config.json and metrics.jsonl
      found    a folder with neither
      give the folder that "elman run" printed, such as runs/my-experiment]
  `)
  await expect(renderReport([])).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: REPORT_NO_RUNS  a report needs at least one run
      name one or more run folders]
  `)
})
