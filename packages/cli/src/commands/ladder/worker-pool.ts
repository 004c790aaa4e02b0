/** Worker processes of a sweep, as executors: one probe at a time each, started when the first probe comes. */
import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ElmanError } from '@elman/core'
import type { ProbeExecutor, ProbeJob, ProbeRecord } from '@elman/eval'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** What every worker is told at its start. */
export type WorkerStart = Extract<ToWorker, { kind: 'start' }>

/** Characters of a dead worker's standard error that are shown. */
const LAST_WORDS = 2000

/** An executor in a process of its own. A process that died is replaced when the next probe comes. */
export function workerExecutor(start: WorkerStart): ProbeExecutor {
  let child: ChildProcess | undefined
  let closed = false
  return {
    async run(job, onStep) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
        child = startProcess()
        child.send(start)
      }
      return answerOf(child, job, onStep, () => closed)
    },
    async close() {
      closed = true
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise(resolve => child?.once('close', resolve))
      child.kill('SIGKILL') // all it has to keep is kept: files are written whole or not at all
      await ended
    },
  }
}

function answerOf(
  child: ChildProcess,
  job: ProbeJob,
  onStep: (step: number) => void,
  isClosed: () => boolean,
): Promise<readonly ProbeRecord[]> {
  return new Promise((resolve, reject) => {
    let lastWords = ''
    const listen = (part: Buffer) => {
      lastWords = `${lastWords}${part}`.slice(-LAST_WORDS)
    }
    const settle = (action: () => void) => {
      child.off('message', take)
      child.off('close', ended)
      child.stderr?.off('data', listen)
      action()
    }
    const take = (message: FromWorker) => {
      if (message.kind === 'step') onStep(message.step)
      else if (message.kind === 'records') settle(() => resolve(message.records))
      else if (message.kind === 'failed') settle(() => reject(errorOf(message)))
    }
    const ended = (code: number | null, signal: NodeJS.Signals | null) =>
      settle(() => reject(died(isClosed() ? 'it was stopped' : `${signal ?? `status ${code}`}`, lastWords)))
    child.on('message', take)
    child.on('close', ended)
    child.stderr?.on('data', listen)
    child.send({ kind: 'run', job } satisfies ToWorker)
  })
}

function startProcess(): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts')
  const file = fileURLToPath(new URL(isSource ? './worker.ts' : './worker.js', import.meta.url))
  return fork(file, [], {
    execArgv: isSource ? sourceArguments() : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}

/** Node's arguments that run TypeScript from source: those of this process, or of the repository's own tools. */
function sourceArguments(): string[] {
  if (process.execArgv.includes('--import')) return process.execArgv
  const loader = createRequire(import.meta.url).resolve('tsx')
  return ['--conditions=elman-source', '--import', pathToFileURL(loader).href]
}

function errorOf({ code, details, text }: Extract<FromWorker, { kind: 'failed' }>): Error {
  return code !== undefined && details !== undefined ? new ElmanError(code, details) : new Error(text)
}

function died(how: string, lastWords: string): ElmanError {
  return new ElmanError('LADDER_WORKER_DIED', {
    message: 'the process of a probe ended',
    found: [how, lastWords.trim()].filter(part => part !== '').join('\n'),
    hint: 'the same command tries the probe again; with --workers 1 it has the memory for itself',
  })
}
