// A worker thread of GloVe: trains on the ranges it is told, and answers when it is done.
import { parentPort, workerData } from 'node:worker_threads'
import { openGloveRange } from './glove-range.js'

const range = openGloveRange(workerData)

parentPort?.on('message', (/** @type {{ begin: number, end: number }} */ { begin, end }) => {
  parentPort?.postMessage(range.train(begin, end))
})
