/** The elman command as a child process, from source. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** How a command ended. */
export interface Ended {
  /** Exit status; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
  /** Resolves when standard error has this text. */
  said(text: string): Promise<void>
}

/** Starts `elman ...parameters` in a folder. */
export function startElman(parameters: readonly string[], folder: string): Running {
  const command = ['--conditions=elman-source', '--import', tsx, join(root, 'packages/cli/src/bin.ts')]
  const child = spawn(process.execPath, [...command, ...parameters], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  const waiting: { readonly text: string; readonly done: () => void }[] = []
  child.stdout.on('data', part => (stdout += part))
  child.stderr.on('data', part => {
    stderr += part
    for (const { text, done } of waiting) if (stderr.includes(text)) done()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
  return {
    ended,
    kill: signal => child.kill(signal),
    said: text =>
      stderr.includes(text) ? Promise.resolve() : new Promise(done => waiting.push({ text, done })),
  }
}

/** Runs `elman ...parameters` in a folder to its end. */
export function elman(parameters: readonly string[], folder: string): Promise<Ended> {
  return startElman(parameters, folder).ended
}
