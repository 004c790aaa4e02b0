/**
 * One writer a run: a lock file that names the process that holds it. The lock of a process that is gone is taken
 * over; the start time of the process, where the platform tells it, keeps a new process with an old number apart.
 */

import { randomUUID } from 'node:crypto'
import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { ElmanError } from '../errors/elman-error.ts'
import { fileError, systemCode } from '../io/file-error.ts'

/** A lock that this process holds. */
export interface RunLock {
  /** Gives the lock back; does nothing when it was taken away. */
  release(): void
}

interface Holder {
  readonly token: string
  readonly pid: number
  readonly host: string
  /** Boot and start time of the process (Linux), else empty. */
  readonly process: string
  readonly since: string
}

/** Time in ms for two processes that found the same stale lock to see which of them has it. */
const SETTLE = 60

/** How often to look again when the lock changes hands meanwhile. */
const ATTEMPTS = 5

/**
 * Takes the lock file at `path`.
 *
 * @throws `RUN_LOCKED` when a living process holds it; `FILE_UNWRITABLE`.
 */
export async function takeLock(path: string): Promise<RunLock> {
  const mine: Holder = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    process: processStart(process.pid) ?? '',
    since: new Date().toISOString(),
  }
  for (let attempt = 1; ; attempt++) {
    if (createWith(path, mine)) {
      if (attempt > 1) await wait(SETTLE)
      if (readHolder(path)?.token === mine.token) return { release: () => release(path, mine) }
    }
    const holder = readHolder(path)
    if (holder === undefined) continue
    if (isAlive(holder) || attempt === ATTEMPTS) throw locked(path, holder)
    setAside(path, holder)
  }
}

/** Makes the lock file with its whole content at once, unless it is there. */
function createWith(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.token}`
  try {
    writeFileSync(draft, JSON.stringify(holder))
    try {
      linkSync(draft, path)
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false
      copyFileSync(draft, path, constants.COPYFILE_EXCL) // a file system without hard links
    }
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw fileError('write', path, error)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Moves a stale lock out of the way; should it be the fresh one of a faster process, puts it back. */
function setAside(path: string, stale: Holder): void {
  const aside = `${path}.stale-${randomUUID()}`
  try {
    renameSync(path, aside)
    if (readHolder(aside)?.token !== stale.token) linkSync(aside, path)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(systemCode(error) ?? '')) throw fileError('write', path, error)
  } finally {
    rmSync(aside, { force: true })
  }
}

function release(path: string, mine: Holder): void {
  if (readHolder(path)?.token === mine.token) rmSync(path, { force: true })
}

/** Who a lock file names; a file without sense names a process that cannot be. */
function readHolder(path: string): Holder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw fileError('read', path, error)
  }
  const nobody = { token: text, pid: 0, host: hostname(), process: '', since: '' }
  try {
    return { ...nobody, ...(JSON.parse(text) as Partial<Holder>) }
  } catch {
    return nobody
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true // cannot be asked from here
  if (!Number.isInteger(holder.pid) || holder.pid <= 0) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
  const start = processStart(holder.pid)
  return start === undefined || holder.process === '' || start === holder.process
}

/** Boot and start time of a process as Linux tells them, `ended` for one that waits to be buried, else nothing. */
function processStart(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return 'ended'
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`
  } catch {
    return undefined
  }
}

function locked(path: string, holder: Holder): ElmanError {
  return new ElmanError('RUN_LOCKED', {
    message: 'another process writes this run',
    found: `process ${holder.pid} on ${holder.host}, since ${holder.since}`,
    where: path,
    hint: [
      'wait for it to end, or stop it',
      'if it does not work on this run any more, delete the lock file',
    ],
  })
}
