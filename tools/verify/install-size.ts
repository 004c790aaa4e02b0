import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Check } from './check.ts'
import { runProgram } from './run-program.ts'

const OWN = 3
const TOTAL = 450
const PACKAGES = [
  ...['core', 'backend-onnxruntime', 'text', 'embeddings', 'layers-recurrent', 'layers-attention'],
  ...['pretrain', 'eval', 'cli'],
]

/** What `npm install @elman/cli` brings, from packed packages in an empty folder. */
export const installSize: Check = {
  name: 'install-size',
  claim: `@elman/cli installs under ${TOTAL} MB with all it needs, most of it onnxruntime-node; elman's own packages are under ${OWN} MB packed; the installed command makes, trains and exports an experiment`,
  tolerance: 'upper bounds',
  duration: '40 s',
  needs: 'a package registry',
  async run({ note }) {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const folder = await mkdtemp(join(tmpdir(), 'elman-install-'))
    try {
      const packed = join(folder, 'packed')
      await mkdir(packed)
      await runProgram(process.execPath, [join(root, 'node_modules/typescript-7/bin/tsc'), '-b'], root)
      const { packageManager } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
      for (const name of PACKAGES) {
        const parameters = ['--yes', packageManager, 'pack', '--pack-destination', packed]
        await runProgram('npx', parameters, join(root, 'packages', name))
      }
      const tarballs = (await readdir(packed)).sort()
      const ownBytes = await bytesUnder(packed)
      const project = join(folder, 'project')
      await mkdir(project)
      // each package is taken from its tarball, those underneath too
      const files = Object.fromEntries(
        tarballs.map(file => [`@elman/${/^elman-(.+)-\d/.exec(file)![1]}`, `file:../packed/${file}`]),
      )
      await writeFile(
        join(project, 'package.json'),
        JSON.stringify({ name: 'project', private: true, dependencies: files, overrides: files }),
      )
      await runProgram('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], project)
      const modules = join(project, 'node_modules')
      const elman = (...parameters: string[]) =>
        runProgram(process.execPath, [join(modules, '@elman/cli/dist/bin.js'), ...parameters], project)
      await elman('init', '.')
      const trained = await elman('run', '--name', 'first', '--set', 'train.steps=5', 'sample=false')
      await elman('export', join('runs', 'first'), '--to', 'onnx')
      const megabytes = (bytes: number) => Number((bytes / 1e6).toFixed(1))
      const measured = {
        'packed MB': megabytes(ownBytes),
        'installed MB': megabytes(await bytesUnder(modules)),
        'onnxruntime-node MB': megabytes(await bytesUnder(join(modules, 'onnxruntime-node'))),
        works: trained.includes('report.html'),
      }
      note(tarballs.join(', '))
      const pass = measured.works && measured['packed MB'] < OWN && measured['installed MB'] < TOTAL
      return { measured, pass }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** Bytes of all files under a folder; links are not followed. */
async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    bytes += entry.isDirectory() ? await bytesUnder(path) : (await lstat(path)).size
  }
  return bytes
}
