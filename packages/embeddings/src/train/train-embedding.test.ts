import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContainer, isElmanError, sha256Of } from '@elman/core'
import { bundledFolder } from '@elman/text'
import { expect, test } from 'vitest'
import { embeddings } from '../plugin.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import { type EmbeddingEvent, resumeEmbedding, trainEmbedding } from './train-embedding.ts'

const container = createContainer([embeddings])
const shakespeare = join(bundledFolder('tiny-shakespeare'), 'input.txt')
const directory = () => mkdtempSync(join(tmpdir(), 'elman-train-'))
const text = { files: [shakespeare], lowercase: true, wordsOnly: true }
const small = { type: 'word2vec', dimensions: 20, epochs: 2 }

const hashOf = (vectors: WordVectors | undefined) => {
  const { buffer, byteOffset, byteLength } = vectors!.matrix
  return sha256Of(new Uint8Array(buffer, byteOffset, byteLength))
}

async function train(embedding: object, more: object = {}, onEvent?: (event: EmbeddingEvent) => void) {
  const config = { embedding: { ...small, ...embedding }, text, ...more }
  return trainEmbedding(config, { container, directory: directory(), ...(onEvent ? { onEvent } : {}) })
}

test.each([
  ['skip-gram', {}],
  ['skip-gram, shared negatives', { negativeSharing: 'window' }],
  ['CBOW', { architecture: 'cbow' }],
  ['skip-gram, hierarchical softmax', { objective: 'hierarchical-softmax' }],
  ['CBOW, hierarchical softmax', { architecture: 'cbow', objective: 'hierarchical-softmax' }],
  ['fastText', { type: 'fasttext', buckets: 5000 }],
])('one thread gives the same bits twice, and learns: %s', async (_, embedding) => {
  const first = await train(embedding)
  const second = await train(embedding)
  expect(hashOf(second.vectors)).toBe(hashOf(first.vectors))
  const losses = (first.report.epochs as { loss: number }[]).map(({ loss }) => loss)
  expect(losses).toHaveLength(2)
  expect(losses[1]).toBeLessThan(losses[0]!)
})

test('another seed gives other vectors', async () => {
  expect(hashOf((await train({}, { seed: 2 })).vectors)).not.toBe(hashOf((await train({})).vectors))
})

test('stopped at any batch, one thread goes on to the bits of a training that was never stopped', async () => {
  const embedding = { ...small, dimensions: 60, epochs: 12 }
  const whole = await train(embedding)
  const folder = directory()
  let path = ''
  let stops = 0
  const attempt = async (work: (options: object) => Promise<{ outcome: string; path: string }>) => {
    const controller = new AbortController()
    let first: number | undefined
    return work({
      container,
      signal: controller.signal,
      onEvent: (event: EmbeddingEvent) => {
        if (event.kind !== 'progress' || event.phase !== 'train') return
        first ??= event.done
        if (event.done > first) controller.abort()
      },
    })
  }
  let result = await attempt(options =>
    trainEmbedding(
      { embedding, text, checkpointSeconds: 0.2 },
      { ...options, container, directory: folder, name: 'run' },
    ),
  )
  path = result.path
  while (result.outcome === 'interrupted') {
    stops++
    result = await attempt(options => resumeEmbedding(path, { ...options, container }))
  }
  expect(stops).toBeGreaterThan(0)
  const { vectors, report } = await resumeEmbedding(path, { container })
  expect(hashOf(vectors)).toBe(hashOf(whole.vectors))
  expect(report.epochs).toEqual(whole.report.epochs)
}, 60_000)

test.each([
  ['two threads', {}, 2],
  ['three threads on CBOW', { architecture: 'cbow', threads: 'rounds' }, 3],
])(
  'in rounds, %s give the same bits every time, stopped and resumed too',
  async (_, embedding, workers) => {
    const options = { ...small, epochs: 6, ...embedding }
    const whole = await train(options, { workers })
    expect(whole.report.deterministic).toBe(true)
    const controller = new AbortController()
    let reports = 0
    const stopped = await trainEmbedding(
      { embedding: options, text, workers, checkpointSeconds: 0.1 },
      {
        ...{ container, directory: directory(), signal: controller.signal },
        onEvent: event => {
          if (event.kind === 'progress' && event.phase === 'train' && ++reports === 2) controller.abort()
        },
      },
    )
    const { vectors } = await resumeEmbedding(stopped.path, { container })
    expect(hashOf(vectors)).toBe(hashOf(whole.vectors))
  },
  60_000,
)

test.each(['rounds', 'shared'])('more threads than sentences train all the same: %s', async threads => {
  const folder = directory()
  const file = join(folder, 'short.txt')
  writeFileSync(file, 'the cat sat on the mat and the dog sat on the log\n'.repeat(2))
  const embedding = { ...small, epochs: 4, threads, sample: 0 }
  const { outcome, report, vectors } = await trainEmbedding(
    { embedding, text: { files: [file], minimumCount: 1 }, workers: 5 },
    { container, directory: folder },
  )
  expect(outcome).toBe('finished')
  expect(report.words).toBe(4 * 2 * 13)
  expect(vectors!.has('log')).toBe(true)
})

test('threads on shared rows train on every word once an epoch', async () => {
  const { report, vectors } = await train({ threads: 'shared' }, { workers: 2 })
  const alone = await train({})
  expect(report.deterministic).toBe(false)
  expect(report.words).toBe(alone.report.words)
  expect(vectors!.matrix.every(Number.isFinite)).toBe(true)
  const last = (result: typeof alone) => (result.report.epochs as { loss: number }[])[1]!.loss
  expect(Math.abs(last({ ...alone, report }) - last(alone)) / last(alone)).toBeLessThan(0.05)
})

test('going on with new text adds its words behind the old ones, and can leave the old vectors as they are', async () => {
  const folder = directory()
  const before = await trainEmbedding(
    { embedding: small, text: { ...text, minimumCount: 20 } },
    { container, directory: folder, name: 'before' },
  )
  const go = (embedding: object, name: string) =>
    trainEmbedding(
      {
        embedding: { ...small, ...embedding },
        text: { ...text, minimumCount: 10 },
        from: join(folder, 'before'),
      },
      { container, directory: folder, name },
    )
  const old = before.vectors!
  const { vectors: frozen } = await go({ freezeKnown: true }, 'frozen')
  expect(frozen!.count).toBeGreaterThan(old.count)
  expect(frozen!.wordAt(old.count - 1)).toBe(old.wordAt(old.count - 1))
  expect(frozen!.matrix.subarray(0, old.matrix.length)).toEqual(old.matrix)
  const { vectors: moved } = await go({}, 'moved')
  expect(moved!.matrix.subarray(0, old.matrix.length)).not.toEqual(old.matrix)
})

test('hierarchical softmax refuses new words', async () => {
  const folder = directory()
  const embedding = { ...small, objective: 'hierarchical-softmax' }
  await trainEmbedding(
    { embedding, text: { ...text, minimumCount: 50 } },
    { container, directory: folder, name: 'before' },
  )
  await expect(
    trainEmbedding({ embedding, text, from: join(folder, 'before') }, { container, directory: folder }),
  ).rejects.toThrow('EMBEDDING_CANNOT_EXTEND')
})

test('a learning rate that is far too high ends with an error, not with vectors', async () => {
  const failure = await train({ learningRate: 1e30 }).catch(error => error)
  expect(isElmanError(failure) && failure.code).toBe('EMBEDDING_DIVERGED')
})

test('an option that does not exist is named, with the one that was meant', async () => {
  await expect(train({ dimension: 10 })).rejects.toThrow(/did you mean "?dimensions/)
})
