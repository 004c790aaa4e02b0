// How tools/start.mjs and tools/test.mjs run other programs: plain Node, since nothing is installed yet.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Runs a program in the repository and resolves to its exit status; its output goes where ours goes. */
export function run(program, parameters, { quiet = false, env = process.env } = {}) {
  // npx on Windows is a batch file, which only a shell can start; our parameters hold nothing that a shell reads.
  const shell = process.platform === 'win32' && !program.endsWith('.exe')
  return new Promise(resolve => {
    const child = spawn(program, parameters, {
      cwd: root,
      env,
      shell,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    })
    let text = ''
    if (quiet) for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (text += part))
    child.on('error', error => resolve({ code: 1, text: `${text}${error.message}\n` }))
    child.on('close', code => resolve({ code: code ?? 1, text }))
  })
}

/** Runs Node on a script of the repository. */
export function node(script, ...parameters) {
  return run(process.execPath, [join(root, script), ...parameters])
}

/** Runs the pnpm that package.json names: the one that started us, or else through npx. */
export function pnpm(parameters, options) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const agent = process.env.npm_config_user_agent ?? ''
  const self = process.env.npm_execpath ?? ''
  const isSame = agent.startsWith(`${packageManager.replace('@', '/')} `)
  if (isSame && /pnpm[^/\\]*$/.test(self) && existsSync(self)) {
    return /\.[cm]?js$/.test(self)
      ? run(process.execPath, [self, ...parameters], options)
      : run(self, parameters, options)
  }
  return run('npx', ['--yes', packageManager, ...parameters], options)
}

/** Installs what the lockfile says unless that is there already; ends the process when it cannot. */
export async function installIfNeeded() {
  if (isInstalled()) return
  console.log('installing packages (the first time takes a minute or two)')
  const { code, text } = await pnpm(['install', '--frozen-lockfile'], { quiet: true })
  if (code === 0) return
  process.stderr.write(text)
  console.error(
    'the packages could not be installed: see above; a network, or a filled store, is needed once',
  )
  process.exit(1)
}

/** Compiles all packages; ends the process when they do not compile. */
export async function build() {
  const { code } = await node('node_modules/typescript-7/bin/tsc', '-b')
  if (code !== 0) process.exit(code)
}

/** pnpm keeps a copy of the lockfile it installed from. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml')
  return (
    existsSync(installed) &&
    readFileSync(installed, 'utf8') === readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  )
}
