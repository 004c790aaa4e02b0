import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Root of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Runs the command from source with its progress on this terminal; gives the last JSON line of its standard output.
 * Ctrl-C reaches it, so a check that is stopped goes on from there when it is called again.
 */
export function runElman(parameters: readonly string[]): Promise<{ code: number; json: unknown }> {
  const command = ['--conditions=elman-source', '--import', 'tsx', join(root, 'packages/cli/src/bin.ts')]
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [...command, ...parameters], {
      cwd: root,
      stdio: ['inherit', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', part => (text += part))
    child.on('error', reject)
    child.on('close', code => {
      const line = text.trim().split('\n').at(-1) ?? ''
      done({ code: code ?? 1, json: line.startsWith('{') ? JSON.parse(line) : undefined })
    })
  })
}
