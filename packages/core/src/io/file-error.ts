import { ElmanError } from '../errors/elman-error.ts'

/** What the operating system's error codes mean, for those that a user can do something about. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
  EBUSY: 'another program holds it',
}

/** An error of the operating system as `FILE_UNREADABLE` or `FILE_UNWRITABLE`; other errors stay as they are. */
export function fileError(action: 'read' | 'write', path: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code === undefined) return error
  return new ElmanError(action === 'read' ? 'FILE_UNREADABLE' : 'FILE_UNWRITABLE', {
    message: `cannot ${action} ${path}`,
    found: `${code}: ${MEANINGS[code] ?? (error as Error).message}`,
    cause: error,
  })
}

/** The operating system's code of an error, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  const isSystem =
    error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string'
  return isSystem ? (error.code as string) : undefined
}
