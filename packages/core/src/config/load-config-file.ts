/** Reads a config file: JSON here, everything else through an importer that the caller brings. */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { ElmanError } from '../errors/elman-error.ts'
import { displayPath } from '../plugin/display-path.ts'
import { defaultExport, firstLine } from '../plugin/module-loader.ts'
import { findJsonFault } from './json-position.ts'

/** Imports a module by its absolute path; for TypeScript the command line brings one that compiles. */
export type ConfigImporter = (path: string) => Promise<unknown>

/**
 * The config that a file holds: a `.json` file's value, any other file's default export.
 *
 * @param path absolute
 * @throws CONFIG_NOT_FOUND, CONFIG_JSON_INVALID with line and column, CONFIG_IMPORT_FAILED, CONFIG_NO_DEFAULT_EXPORT
 */
export async function loadConfigFile(path: string, importer: ConfigImporter): Promise<unknown> {
  const file = displayPath(path)
  const text = await readText(path, file)
  if (extname(path) === '.json') return parseJson(text, file)
  let module: unknown
  try {
    module = await importer(path)
  } catch (cause) {
    throw new ElmanError('CONFIG_IMPORT_FAILED', {
      message: `${file} could not be imported: ${firstLine(cause)}`,
      cause,
    })
  }
  const { value, names } = defaultExport(module)
  if (value !== undefined) return value
  throw new ElmanError('CONFIG_NO_DEFAULT_EXPORT', {
    message: `${file} has no default export`,
    expected: 'export default defineExperiment({ ... })',
    found: names.length === 0 ? 'no exports' : `exports named ${names.join(', ')}`,
  })
}

async function readText(path: string, file: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (cause) {
    throw new ElmanError('CONFIG_NOT_FOUND', {
      message: `${file} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? firstLine(cause)}`,
      hint: 'give the path of a config file, or make one with elman init',
      cause,
    })
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const fault = findJsonFault(text)
    throw new ElmanError('CONFIG_JSON_INVALID', {
      message: `${file} is not JSON: ${fault?.message ?? firstLine(cause)}`,
      where: fault === undefined ? file : `${file}:${fault.line}:${fault.column}`,
      cause,
    })
  }
}
