/** An exported model in a browser: onnxruntime-web in headless Chromium gives the probabilities of onnxruntime-node. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elman } from './run-elman.ts'
import { smallExperimentFolder } from './small-experiment.ts'

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const chromium = CANDIDATES.find(path => path !== undefined && existsSync(path))
const web = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
const TYPES: Record<string, string> = {
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
}
const STEPS = 30

/** Reads 30 tokens with the state fed back and posts the probabilities of each. */
const PAGE = `<!doctype html><script type="module">
const post = (path, body) => fetch(path, { method: 'POST', body })
try {
  const ort = await import('/ort/ort.wasm.min.mjs')
  ort.env.wasm.wasmPaths = '/ort/'
  ort.env.wasm.numThreads = 1
  const session = await ort.InferenceSession.create('/model.onnx')
  const shapes = Object.fromEntries(session.inputMetadata.map(input => [input.name, input.shape]))
  const names = session.inputNames.slice(1)
  let state = Object.fromEntries(names.map(name => [name, new ort.Tensor('float32', new Float32Array(shapes[name].reduce((a, b) => a * b, 1)), shapes[name])]))
  const all = []
  for (let i = 0; i < ${STEPS}; i++) {
    const results = await session.run({ token: new ort.Tensor('int32', Int32Array.of(i % 20), [1, 1]), ...state })
    all.push(...results.probabilities.data)
    state = Object.fromEntries(names.map(name => [name, results[name.replace('state.', 'next.')]]))
  }
  await post('/result', JSON.stringify(all))
} catch (error) { await post('/result', JSON.stringify({ error: String(error?.stack ?? error) })) }
</script>`

let folder = ''
beforeAll(async () => {
  if (chromium === undefined) return
  folder = smallExperimentFolder()
  const trained = await elman(
    ['run', '--name', 'small', '--backend', 'onnxruntime', '--set', 'train.epochs=1'],
    folder,
  )
  expect(trained.code, trained.stderr).toBe(0)
  expect((await elman(['export', 'runs/small'], folder)).code).toBe(0)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function inNode(file: string): Promise<number[]> {
  const session = await ort.InferenceSession.create(file)
  const shapes = new Map(
    session.inputMetadata.map(input => [input.name, input.isTensor ? input.shape.map(Number) : []]),
  )
  const names = session.inputNames.slice(1)
  let state = Object.fromEntries(
    names.map(name => {
      const shape = shapes.get(name)!
      return [name, new ort.Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)]
    }),
  )
  const all: number[] = []
  for (let i = 0; i < STEPS; i++) {
    const results = await session.run({
      token: new ort.Tensor('int32', Int32Array.of(i % 20), [1, 1]),
      ...state,
    })
    all.push(...(results.probabilities!.data as Float32Array))
    state = Object.fromEntries(
      names.map(name => [name, results[name.replace('state.', 'next.')] as ort.TypedTensor<'float32'>]),
    )
  }
  return all
}

/** Serves the page on this machine until it posts its result. */
async function inBrowser(file: string): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), 'elman-chromium-'))
  let finish: (value: unknown) => void = () => {}
  const result = new Promise<unknown>(resolve => {
    finish = resolve
  })
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path === '/result') {
      let body = ''
      request.on('data', part => {
        body += part
      })
      request.on('end', () => {
        response.end()
        finish(JSON.parse(body))
      })
      return
    }
    const source =
      path === '/model.onnx' ? file : path.startsWith('/ort/') ? join(web, path.slice(5)) : undefined
    if (path !== '/' && (source === undefined || !existsSync(source))) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'content-type': TYPES[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream',
    })
    response.end(source === undefined ? PAGE : readFileSync(source))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${profile}`,
    '--remote-debugging-port=0',
  ]
  const browser = spawn(chromium!, [...flags, url], { stdio: 'ignore' })
  try {
    return await Promise.race([
      result,
      new Promise((_, reject) =>
        browser.on('exit', code => reject(new Error(`Chromium ended with ${code} before the page answered`))),
      ),
    ])
  } finally {
    browser.removeAllListeners('exit')
    const gone = new Promise(resolve => browser.on('exit', resolve))
    browser.kill('SIGKILL')
    await gone
    server.close()
    server.closeAllConnections()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

test.skipIf(chromium === undefined)(
  `onnxruntime-web in Chromium gives the same probabilities${chromium === undefined ? ' (skipped: no Chromium found; set CHROMIUM_PATH)' : ''}`,
  async () => {
    const file = join(folder, 'runs/small/model.onnx')
    const [expected, actual] = [await inNode(file), await inBrowser(file)]
    expect(actual).not.toHaveProperty('error')
    const numbers = actual as number[]
    expect(numbers).toHaveLength(expected.length)
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - numbers[i]!)))
    expect(worst).toBeLessThan(1e-5)
  },
  60_000,
)
