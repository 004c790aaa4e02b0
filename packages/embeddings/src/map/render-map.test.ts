import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { WordVectors } from '../words/word-vectors.ts'
import { mapWords } from './map-words.ts'
import { renderMap } from './render-map.ts'
import { syntheticVectors } from './synthetic-vectors.ts'

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--',
  'a\u2028b',
  '"&\'',
  '\u202Eevil',
  '\u0007',
  'naïve',
]

async function page(): Promise<string> {
  const words = Array.from({ length: 60 }, (_, at) => HOSTILE[at] ?? `w${at}`)
  const vectors = syntheticVectors(60, { words })
  const points = await mapWords(vectors, { method: 'pca' })
  return renderMap(vectors, points, { title: 'A <b>map</b>', subtitle: 'x & y', clusters: 4 })
}

function dataOf(text: string) {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)![1]!)
}

test('words that are markup stay words', async () => {
  const text = await page()
  expect(text.match(/<script/g)).toHaveLength(2)
  expect(text.match(/<\/script/g)).toHaveLength(2)
  expect(text).not.toContain('<!--')
  expect(text).not.toContain('\u2028')
  expect(text).toContain('<h1>A &lt;b&gt;map&lt;/b&gt;</h1><p class="subtitle">x &amp; y</p>')
  expect(dataOf(text).words).toEqual(expect.arrayContaining(HOSTILE))
})

test('the page holds one script, which its policy names, and no address', async () => {
  const text = await page()
  const script = /<script>(.*?)<\/script>/s.exec(text)![1]!
  expect(() => new Script(script)).not.toThrow()
  expect(text).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|@import|url\(/)
})

test('the page lists the nearest words, clusters and frequency bands', async () => {
  const data = dataOf(await page())
  expect(data.near).toBe(10)
  expect(data.neighbours).toHaveLength(600)
  // Words of one direction are each other's neighbours and one cluster.
  for (let at = 0; at < 60; at++) {
    const near: number[] = data.neighbours.slice(at * 10, at * 10 + 10)
    for (const other of near) expect(other % 4).toBe(at % 4)
    expect(data.clusters.of[near[0]!]).toBe(data.clusters.of[at])
  }
  expect(data.bands.groups).toEqual([
    { name: '10,000 to 29,999 times', size: 2 },
    { name: '3,000 to 9,999 times', size: 4 },
    { name: '1,000 to 2,999 times', size: 14 },
    { name: '300 to 999 times', size: 40 },
  ])
  expect(Math.max(...data.x, ...data.y)).toBe(100_000)
})

test('without counts, bands are ranks', async () => {
  const { words, dimensions, matrix } = syntheticVectors(30)
  const vectors = new WordVectors({ words, dimensions, matrix })
  const data = dataOf(await renderMap(vectors, await mapWords(vectors, { method: 'pca' })))
  expect(data.counts).toBeUndefined()
  expect(data.bands.groups).toEqual([
    { name: 'rank 1 to 2', size: 2 },
    { name: 'rank 3 to 9', size: 7 },
    { name: 'rank 10 to 29', size: 20 },
    { name: 'rank 30 to 99', size: 1 },
  ])
})

test('points of other vectors are refused', async () => {
  const vectors = syntheticVectors(5)
  const points = ['w1', 'w2', 'w77'].map(word => ({ word, x: 0, y: 0 }))
  await expect(renderMap(vectors, points)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_WORD_UNKNOWN  "w77" has no vector
      found    5 words
      did you mean "w0"?]
  `)
  await expect(renderMap(vectors, points.slice(0, 2))).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_MAP_TOO_FEW_WORDS  a map of 2 words shows nothing
      expected at least 3 words]
  `)
})
