/** The run folder: all there is to know of one experiment. Made once, opened again to go on, read by anyone. */

import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ElmanError } from '../errors/elman-error.ts'
import { writeFileAtomically } from '../io/atomic-file.ts'
import { fileError, systemCode } from '../io/file-error.ts'
import { checkJson, type JsonValue } from '../io/json.ts'
import { recoverCheckpoints } from './checkpoint-folders.ts'
import type { Environment } from './environment.ts'
import { takeLock } from './run-lock.ts'

/** What the folder says of a run. */
export interface RunDescription {
  readonly name: string
  /** Absolute path of the folder. */
  readonly path: string
  /** The resolved config. */
  readonly config: JsonValue
  readonly environment: Environment
}

/** A run that this process may write: it holds the lock until `close`. */
export interface Run extends RunDescription {
  /** Gives the lock back. */
  close(): void
}

/** What a new run is made from. */
export interface NewRun {
  /** Name of the folder, refused when it is taken; else one is made from `stem` and the time. */
  readonly name?: string
  /** First part of a made name, such as the model's type; `run` unless given. */
  readonly stem?: string
  readonly config: JsonValue
  readonly environment: Environment
}

const CONFIG = 'config.json'
const ENVIRONMENT = 'environment.json'

/**
 * Makes the folder of a new run under `root` and takes its lock.
 *
 * @throws `RUN_EXISTS` when the given name is taken, `RUN_NAME_INVALID`, `JSON_NOT_PLAIN` for a config that is not
 * data, `FILE_UNWRITABLE`.
 */
export async function createRun(
  root: string,
  { name, stem = 'run', config, environment }: NewRun,
): Promise<Run> {
  checkJson(config, 'config')
  if (name !== undefined) checkName(name)
  const path = await makeFolder(resolve(root), name, `${plain(stem)}-${timestamp(environment.startedAt)}`)
  const lock = await takeLock(join(path, 'run.lock'))
  const run = { name: basename(path), path, config, environment, close: () => lock.release() }
  try {
    await writeRunJson(run, ENVIRONMENT, { ...environment })
    await writeRunJson(run, CONFIG, config)
  } catch (error) {
    run.close()
    throw error
  }
  return run
}

/**
 * Opens a run to go on with it: takes the lock and removes what a crash left half done.
 *
 * @throws `RUN_LOCKED` when another process writes it; as {@link readRun}.
 */
export async function openRun(path: string): Promise<Run> {
  const description = await readRun(path)
  const lock = await takeLock(join(description.path, 'run.lock'))
  try {
    await recoverCheckpoints(description.path)
    await removeHalfWritten(description.path)
  } catch (error) {
    lock.release()
    throw error
  }
  return { ...description, close: () => lock.release() }
}

/**
 * Reads what a run's folder says, without the lock.
 *
 * @throws `RUN_NOT_FOUND` when there is no run at `path`; `RUN_FILE_INVALID` when a file of it is not JSON.
 */
export async function readRun(path: string): Promise<RunDescription> {
  const absolute = resolve(path)
  const config = await readRunJson({ path: absolute }, CONFIG)
  const environment = await readRunJson({ path: absolute }, ENVIRONMENT)
  if (config === undefined || environment === undefined) {
    throw new ElmanError('RUN_NOT_FOUND', {
      message: `there is no run at ${path}`,
      expected: `a folder with ${CONFIG} and ${ENVIRONMENT}`,
    })
  }
  return {
    name: basename(absolute),
    path: absolute,
    config,
    environment: environment as unknown as Environment,
  }
}

/**
 * Puts a JSON file, such as `data.json`, into the folder of a run, atomically.
 *
 * @throws `JSON_NOT_PLAIN`, `FILE_UNWRITABLE`.
 */
export async function writeRunJson(
  run: { readonly path: string },
  file: string,
  value: unknown,
): Promise<void> {
  checkJson(value, file)
  await writeFileAtomically(join(run.path, file), `${JSON.stringify(value, null, 2)}\n`)
}

/**
 * Reads a JSON file of a run; nothing when it is not there.
 *
 * @throws `RUN_FILE_INVALID` when it is not JSON; `FILE_UNREADABLE`.
 */
export async function readRunJson(
  run: { readonly path: string },
  file: string,
): Promise<JsonValue | undefined> {
  const path = join(run.path, file)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
    throw fileError('read', path, error)
  }
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    throw new ElmanError('RUN_FILE_INVALID', {
      message: `${file} is not JSON`,
      found: (error as Error).message,
      where: path,
      cause: error,
    })
  }
}

/** Removes the temporary files of atomic writes that a crash cut short. */
async function removeHalfWritten(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    if (/^\..+\.tmp-/.test(name)) await rm(join(path, name), { force: true })
  }
}

/** Claims a folder that nobody else has: the given name, or the first free one of a made name. */
async function makeFolder(root: string, name: string | undefined, made: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(root, name ?? (number === 1 ? made : `${made}-${number}`))
    try {
      await mkdir(root, { recursive: true })
      await mkdir(path)
      return path
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw fileError('write', path, error)
      if (name === undefined) continue
      throw new ElmanError('RUN_EXISTS', {
        message: `there is a run named "${name}" already`,
        where: path,
        hint: [
          'choose another name, or leave the name out to get a new one',
          'to go on with that run, resume it',
        ],
      })
    }
  }
}

/** Letters, digits and `. _ -`, so that the name is a folder's on every platform and needs no quoting. */
function checkName(name: string): void {
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !name.endsWith('.') && !reserved.test(name)) return
  throw new ElmanError('RUN_NAME_INVALID', {
    message: `${JSON.stringify(name)} cannot name a run`,
    expected: 'up to 100 letters, digits, dots, underscores and dashes, a letter or digit first',
  })
}

function plain(stem: string): string {
  return stem.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'run'
}

/** Local time as `2026-02-03-141502`. */
function timestamp(iso: string): string {
  const time = new Date(iso)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${day}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`
}
