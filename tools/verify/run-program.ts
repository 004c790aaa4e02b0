import { spawn } from 'node:child_process'

/**
 * Runs a program in a folder and gives what it printed.
 *
 * @throws Error with its output when it fails
 */
export function runProgram(program: string, parameters: readonly string[], folder: string): Promise<string> {
  const shell = process.platform === 'win32' && !program.endsWith('.exe')
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...parameters], {
      cwd: folder,
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', part => (output += part))
    child.stderr.on('data', part => (errors += part))
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) resolve(output)
      else reject(new Error(`${program} ${parameters.join(' ')} ended with ${code}\n${output}${errors}`))
    })
  })
}
