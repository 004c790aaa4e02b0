import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { ElmanError } from '@elman/core'
import type { Terminal } from '../terminal.ts'

const CONFIG = `import { defineExperiment } from '@elman/core'

export default defineExperiment({
  // bundled text; your own: { type: 'text-files', file: 'my.txt', unit: 'word' }
  corpus: { type: 'tiny-shakespeare', unit: 'character' },
  model: { type: 'recurrent-lm', embedding: 64, cell: { type: 'lstm', hidden: 128 } },
  train: { epochs: 2, batch: 32, bptt: 64, optimizer: { type: 'adam', rate: 0.003, clip: 1 } },
  baseline: { order: 5 },
})
`

/** Makes a folder with an experiment and a package.json; overwrites nothing. */
export async function init(folder: string, terminal: Terminal): Promise<void> {
  const path = resolve(folder)
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  if (await exists(join(path, 'elman.config.ts'))) {
    throw new ElmanError('CLI_FILE_EXISTS', {
      message: `${relative(process.cwd(), join(path, 'elman.config.ts'))} is there already`,
      hint: 'give another folder, or change that file',
    })
  }
  const name =
    basename(path)
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[._-]+/, '') || 'experiment'
  const manifest = {
    ...{ name, private: true, type: 'module', scripts: { run: 'elman run' } },
    dependencies: { '@elman/cli': `^${version}`, '@elman/core': `^${version}` },
  }
  const files: [string, string][] = [
    ['elman.config.ts', CONFIG],
    ['package.json', `${JSON.stringify(manifest, null, 2)}\n`],
    ['.gitignore', 'node_modules/\nruns/\n'],
  ]
  await mkdir(path, { recursive: true })
  const written: string[] = []
  for (const [file, content] of files) {
    if (await exists(join(path, file))) continue
    await writeFile(join(path, file), content)
    written.push(file)
  }
  const near = relative(process.cwd(), path)
  const next = [...(near === '' ? [] : [`cd ${near}`]), 'npm install', 'npx elman run'].join(' && ')
  terminal.result({ folder: path, written }, `wrote ${written.join(', ')}; next: ${next}`)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
