/** Opens a report in headless Chromium. Set CHROMIUM_PATH where the browser has an unusual name. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeReport } from './report.ts'
import { writeSyntheticRun } from './synthetic-run.ts'

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'chrome.exe',
  'msedge.exe',
]
const PLACES = [
  ...(process.env.PATH ?? '').split(delimiter).flatMap(place => NAMES.map(name => join(place, name))),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const chromium = process.env.CHROMIUM_PATH ?? PLACES.find(place => existsSync(place))
const inBrowser = test.skipIf(chromium === undefined)
const title = (text: string) =>
  chromium === undefined ? `${text} (skipped: no Chromium found, set CHROMIUM_PATH)` : text

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-browser-'))
})
afterAll(() => rm(folder, { recursive: true, maxRetries: 3 }))

/** The page as the browser holds it after loading, and what it wrote to its console. */
async function open(file: string): Promise<{ dom: string; console: string[] }> {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--enable-logging=stderr', '--v=0']
  const profile = `--user-data-dir=${join(folder, 'profile')}`
  const address = pathToFileURL(file).href
  const { stdout, stderr } = await promisify(execFile)(
    chromium!,
    [...flags, profile, '--dump-dom', address],
    {
      maxBuffer: 1 << 27,
      timeout: 50_000,
    },
  )
  return { dom: stdout, console: stderr.split('\n').filter(line => line.includes('CONSOLE')) }
}

inBrowser(
  title('the browser shows every chart with marks and has nothing to complain about'),
  { timeout: 60_000 },
  async () => {
    await writeSyntheticRun(join(folder, 'run'))
    await writeReport([join(folder, 'run')], join(folder, 'run.html'))
    const { dom, console } = await open(join(folder, 'run.html'))
    expect(console).toEqual([])
    const charts = dom.match(/<svg .*?<\/svg>/gs) ?? []
    expect(charts).toHaveLength(7)
    for (const chart of charts)
      expect(chart).toMatch(/class="mark-(line|rect|rule)[^"]*role-mark[^>]*><path d="M/)
  },
)

inBrowser(
  title('a page whose policy is broken into still sends no request and runs no script'),
  { timeout: 60_000 },
  async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const attack = `<img src="${address}/image"><script>document.title = 'broken'</script>`
      await writeSyntheticRun(join(folder, 'attack'), { sampleText: attack })
      await writeReport([join(folder, 'attack')], join(folder, 'attack.html'))
      const page = await open(join(folder, 'attack.html'))
      expect(page.console).toEqual([])
      // The same attack put in unescaped, past every check of ours: the policy alone must stop it.
      const source = await readFile(join(folder, 'attack.html'), 'utf8')
      await writeFile(
        join(folder, 'injected.html'),
        source.replace('<footer>', () => `${attack}<footer>`),
      )
      const injected = await open(join(folder, 'injected.html'))
      expect(injected.dom).not.toContain('<title>broken')
      expect(injected.console.length).toBeGreaterThan(0)
      expect(asked).toEqual([])
    } finally {
      server.close()
    }
  },
)
