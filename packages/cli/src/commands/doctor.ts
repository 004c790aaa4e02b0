import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { CONFIG_NAMES, loadExperiment } from '../experiment-file.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** Prints what this machine has: versions, devices, data, plugins. Returns whether elman can train here. */
export async function doctor(config: string | undefined, terminal: Terminal): Promise<boolean> {
  const [{ listDevices }, { builtInDatasets, findDataFolder }, manifest] = await Promise.all([
    import('@elman/backend-onnxruntime'),
    import('@elman/text'),
    readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  ])
  const { version } = JSON.parse(manifest) as { version: string }
  const devices = await listDevices()
  const dataFolder = findDataFolder(process.env)
  const plugins = await checkPlugins(config)
  const machine = {
    ...{ elman: version, node: process.version, platform: process.platform, arch: process.arch },
    ...{ cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism() },
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  }
  const bundled = builtInDatasets.filter(dataset => dataset.bundled).map(({ type }) => type)
  const works =
    devices.some(({ device, available }) => device === 'cpu' && available) && plugins.problem === undefined
  const rows = [
    ...Object.entries(machine).map(([name, value]) => [name, String(value)]),
    ...devices.map(({ device, available, reason, howToGet }) => [
      device,
      available ? `works (${reason})` : `not here: ${reason}${howToGet ? `; ${howToGet}` : ''}`,
    ]),
    [
      'datasets',
      `${bundled.join(', ')} bundled; others ${dataFolder === undefined ? 'by path, or set ELMAN_DATA' : `in ${dataFolder}`}`,
    ],
    ['plugins', plugins.problem ?? plugins.names.join(', ')],
  ]
  terminal.result({ ...machine, devices, dataFolder, plugins, works }, table(rows))
  return works
}

async function checkPlugins(
  config: string | undefined,
): Promise<{ readonly names: readonly string[]; readonly problem?: string }> {
  try {
    if (config !== undefined || CONFIG_NAMES.some(name => existsSync(name))) {
      const { container } = await loadExperiment(config)
      return { names: container.plugins.map(({ name, version }) => `${name} ${version}`) }
    }
    const { builtInPlugins } = await import('../preset.ts')
    const { createContainer } = await import('@elman/core')
    return {
      names: createContainer(await builtInPlugins()).plugins.map(({ name, version }) => `${name} ${version}`),
    }
  } catch (error) {
    return { names: [], problem: error instanceof Error ? error.message : String(error) }
  }
}
