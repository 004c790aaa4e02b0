/**
 * The folders under `checkpoints/`: `<step>` is complete, because it got its name by one rename after all of it was
 * on the disk. `<step>.tmp-*` is half made or half deleted. `<step>.old-*` was complete and is being replaced.
 */

import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { renameInPlace } from '../io/atomic-file.ts'
import { systemCode } from '../io/file-error.ts'

/** A complete checkpoint's place. */
export interface CheckpointFolder {
  readonly step: number
  /** Name under `checkpoints/`. */
  readonly folder: string
  /** Absolute path. */
  readonly path: string
}

/** The folder that holds a run's checkpoints. */
export function checkpointsPath(runPath: string): string {
  return join(runPath, 'checkpoints')
}

/** Complete checkpoints, newest first; one that is being replaced counts while its successor is not in place. */
export async function completeCheckpoints(runPath: string): Promise<CheckpointFolder[]> {
  const root = checkpointsPath(runPath)
  const found = new Map<number, CheckpointFolder>()
  for (const folder of (await names(root)).sort()) {
    const match = /^(\d+)(\.old-.+)?$/.exec(folder)
    if (match === null) continue
    const step = Number(match[1])
    if (!found.has(step)) found.set(step, { step, folder, path: join(root, folder) })
  }
  return [...found.values()].sort((a, b) => b.step - a.step)
}

/** A fresh folder to make the checkpoint of a step in. */
export async function startCheckpoint(runPath: string, step: number): Promise<string> {
  const path = join(checkpointsPath(runPath), `${step}.tmp-${randomUUID()}`)
  await mkdir(path, { recursive: true })
  return path
}

/** Gives a folder that was made whole its name, replacing an older checkpoint of the same step. */
export async function finishCheckpoint(
  runPath: string,
  step: number,
  made: string,
): Promise<CheckpointFolder> {
  const root = checkpointsPath(runPath)
  const path = join(root, String(step))
  const old = join(root, `${step}.old-${randomUUID()}`)
  const replaces = await renameInPlace(path, old).then(
    () => true,
    error => {
      if (systemCode(error) === 'ENOENT') return false
      throw error
    },
  )
  await renameInPlace(made, path)
  if (replaces) await rm(old, { recursive: true, force: true })
  return { step, folder: String(step), path }
}

/** Deletes a checkpoint: by a rename first, so that what is half deleted does not look complete. */
export async function deleteCheckpoint({ path }: CheckpointFolder): Promise<void> {
  const doomed = `${path}.tmp-${randomUUID()}`
  await renameInPlace(path, doomed)
  await rm(doomed, { recursive: true, force: true })
}

/** Removes what a crash left: half made folders go, a replaced one comes back if its successor is not there. */
export async function recoverCheckpoints(runPath: string): Promise<void> {
  const root = checkpointsPath(runPath)
  for (const { step, folder, path } of await completeCheckpoints(runPath)) {
    if (folder !== String(step)) await renameInPlace(path, join(root, String(step)))
  }
  for (const name of await names(root)) {
    if (/^\d+\.(tmp|old)-/.test(name) || /^\..+\.tmp-/.test(name))
      await rm(join(root, name), { recursive: true, force: true })
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}
