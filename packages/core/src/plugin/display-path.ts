import { isAbsolute, relative } from 'node:path'

/** A path as the user would write it: relative to the current folder when it lies inside, else absolute. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short
}
