/** Works the page of a map in headless Chromium: types, clicks, zooms. Set CHROMIUM_PATH where it has an unusual name. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mapWords } from './map-words.ts'
import { renderMap } from './render-map.ts'
import { syntheticVectors } from './synthetic-vectors.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const PLACES = [
  ...(process.env.PATH ?? '').split(delimiter).flatMap(place => NAMES.map(name => join(place, name))),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
const chromium = process.env.CHROMIUM_PATH ?? PLACES.find(place => existsSync(place))
const inBrowser = test.skipIf(chromium === undefined)
const title = (text: string) =>
  chromium === undefined ? `${text} (skipped: no Chromium found, set CHROMIUM_PATH)` : text

const HOSTILE = ['</script><script>window.broken = 1</script>', '<img src=x onerror="window.broken = 2">']

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly type?: string; readonly entry?: { readonly text: string } }
  readonly result?: { readonly [name: string]: unknown }
  readonly error?: { readonly message: string }
}

/** A page under the devtools protocol over two pipes: no port, no library. */
class Browser {
  readonly complaints: string[] = []
  #process: ChildProcess
  #waiting = new Map<number, (message: Message) => void>()
  #session = ''
  #last = 0

  constructor(folder: string) {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--remote-debugging-pipe',
      '--hide-scrollbars',
    ]
    this.#process = spawn(
      chromium!,
      [...flags, '--force-prefers-reduced-motion', `--user-data-dir=${join(folder, 'profile')}`],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    )
    let rest = ''
    ;(this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\0')
      rest = parts.pop()!
      for (const part of parts) this.#hear(JSON.parse(part))
    })
  }

  #hear(message: Message): void {
    if (message.id !== undefined) this.#waiting.get(message.id)?.(message)
    if (message.method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(message.params))
    if (message.method === 'Log.entryAdded') this.complaints.push(message.params!.entry!.text)
  }

  send(method: string, params: object = {}): Promise<{ readonly [name: string]: unknown }> {
    const id = ++this.#last
    const line = JSON.stringify({ id, method, params, ...(this.#session && { sessionId: this.#session }) })
    ;(this.#process.stdio[3] as Writable).write(`${line}\0`)
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result!) : reject(new Error(`${method}: ${error.message}`)),
      )
    })
  }

  async open(address: string, width: number, height: number): Promise<void> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    this.#session = sessionId as string
    for (const domain of ['Runtime', 'Log', 'Page']) await this.send(`${domain}.enable`)
    await this.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 600,
    })
    await this.send('Page.navigate', { url: address })
    await this.until(`document.readyState === 'complete' && location.href.startsWith('file')`)
  }

  async ask(expression: string): Promise<unknown> {
    const { result } = (await this.send('Runtime.evaluate', { expression, returnByValue: true })) as {
      result: { value: unknown }
    }
    return result.value
  }

  async until(expression: string): Promise<void> {
    const end = Date.now() + 10_000
    while ((await this.ask(expression)) !== true) {
      if (Date.now() > end) throw new Error(`did not become true: ${expression}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  async press(key: string, text?: string): Promise<void> {
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...(text !== undefined && { text }) })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key })
  }

  async close(): Promise<void> {
    const ended = new Promise(resolve => this.#process.on('exit', resolve))
    this.#session = ''
    this.send('Browser.close').catch(() => undefined)
    await ended
  }
}

let folder: string
let address: string
let browser: Browser
beforeAll(async () => {
  if (chromium === undefined) return
  folder = await mkdtemp(join(tmpdir(), 'elman-map-'))
  const words = Array.from({ length: 200 }, (_, at) => HOSTILE[at - 100] ?? `w${at}`)
  const vectors = syntheticVectors(200, { words })
  const points = await mapWords(vectors, { epochs: 60 })
  await writeFile(join(folder, 'map.html'), await renderMap(vectors, points, { clusters: 4 }))
  address = pathToFileURL(join(folder, 'map.html')).href
  browser = new Browser(folder)
}, 60_000)
afterAll(async () => {
  if (chromium === undefined) return
  await browser.close()
  await rm(folder, { recursive: true, maxRetries: 5 })
})

const shown = (id: string) => `document.getElementById('${id}').textContent`
/** Number of pixels on the canvas that are not paper. */
const INK = `(() => {
  const { width, height } = document.getElementById('map')
  const pixels = new Uint32Array(document.getElementById('map').getContext('2d').getImageData(0, 0, width, height).data.buffer)
  return pixels.reduce((sum, pixel) => sum + (pixel !== pixels[0]), 0)
})()`

inBrowser(title('search finds a word by keys alone and lists its nearest'), { timeout: 60_000 }, async () => {
  await browser.open(address, 1200, 800)
  await browser.until(`${INK} > 1000`)
  await browser.press('/', '/')
  expect(await browser.ask('document.activeElement.id')).toBe('query')
  await browser.send('Input.insertText', { text: 'W12' })
  expect(
    await browser.ask(
      `[...document.querySelectorAll('#suggestions li span:first-child')].map(x => x.textContent)`,
    ),
  ).toEqual(['w12', 'w120', 'w121', 'w122', 'w123', 'w124', 'w125', 'w126'])
  await browser.press('ArrowDown')
  await browser.press('ArrowDown')
  await browser.press('Enter')
  expect(await browser.ask(shown('word'))).toBe('w120')
  expect(await browser.ask('location.hash')).toBe('#word=w120')
  const near = (await browser.ask(
    `[...document.querySelectorAll('#near span:first-child')].map(x => x.textContent)`,
  )) as string[]
  expect(near).toHaveLength(10)
  for (const word of near.filter(each => each.startsWith('w'))) expect(Number(word.slice(1)) % 4).toBe(0)
  await browser.ask(`document.querySelector('#near button').click()`)
  expect(await browser.ask(shown('word'))).toBe(near[0])
  await browser.press('Escape')
  expect(await browser.ask(`document.getElementById('chosen').hidden`)).toBe(true)
  await browser.send('Input.insertText', { text: 'zzz' })
  expect(browser.complaints).toEqual([])
})

inBrowser(
  title('wheel, keys, drag and click move the map and choose a word'),
  { timeout: 60_000 },
  async () => {
    await browser.open(`${address}#word=w7`, 1200, 800)
    await browser.until(`${shown('word')} === 'w7'`)
    await browser.until(`${INK} > 1000`)
    const box = (await browser.ask(
      `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.getElementById('map').getBoundingClientRect())`,
    )) as { x: number; y: number }
    const picture = `document.getElementById('map').toDataURL()`
    let before = await browser.ask(picture)
    const changed = async () => {
      await browser.until(`${picture} !== ${JSON.stringify(before)}`)
      before = await browser.ask(picture)
    }
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseWheel', ...box, deltaX: 0, deltaY: -100 })
    await changed()
    await browser.ask(`document.getElementById('map').focus()`)
    await browser.press('ArrowLeft')
    await changed()
    await browser.press('ArrowRight')
    await changed()
    await browser.press('Escape')
    await changed()
    // The word in the middle is still w7: a click on it chooses it.
    for (const type of ['mousePressed', 'mouseReleased'])
      await browser.send('Input.dispatchMouseEvent', { type, ...box, button: 'left', clickCount: 1 })
    await browser.until(`${shown('word')} === 'w7' && !document.getElementById('chosen').hidden`)
    expect(browser.complaints).toEqual([])
  },
)

inBrowser(
  title('words that are markup do nothing, and legend and colours change'),
  { timeout: 60_000 },
  async () => {
    await browser.open(`${address}#word=${encodeURIComponent(HOSTILE[1]!)}`, 1200, 800)
    await browser.until(`${shown('word')} === ${JSON.stringify(HOSTILE[1])}`)
    expect(await browser.ask('window.broken === undefined')).toBe(true)
    expect(await browser.ask(`document.querySelectorAll('#legend button').length`)).toBe(4)
    await browser.ask(
      `(() => { const list = document.getElementById('colour'); list.value = 'frequency'; list.dispatchEvent(new Event('change')) })()`,
    )
    expect(await browser.ask(`document.querySelector('#legend .name').textContent`)).toBe(
      '10,000 to 29,999 times',
    )
    await browser.ask(`document.querySelector('#legend button').click()`)
    expect(await browser.ask(`document.querySelector('#legend button').getAttribute('aria-pressed')`)).toBe(
      'true',
    )
    expect(browser.complaints).toEqual([])
  },
)

inBrowser(title('at phone width nothing is wider than the screen'), { timeout: 60_000 }, async () => {
  await browser.open(`${address}#word=${encodeURIComponent(HOSTILE[0]!)}`, 360, 740)
  await browser.until(`${INK} > 300`)
  expect(await browser.ask('document.documentElement.scrollWidth')).toBe(360)
  // Search stands above the map, the nearest words below it.
  const top = (id: string) => `document.getElementById('${id}').getBoundingClientRect().top`
  expect(await browser.ask(`${top('query')} < ${top('map')} && ${top('map')} < ${top('near')}`)).toBe(true)
})
