import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a run of tests came to. */
export interface TestCounts {
  readonly passed: number
  readonly failed: number
  /** Whether vitest itself ended well. */
  readonly ended: boolean
}

/** Runs test files, by the repository's own vitest, and counts. */
export async function runTests(files: readonly string[], note: (text: string) => void): Promise<TestCounts> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const parameters = [vitest, 'run', '--typecheck.enabled=false', '--reporter=json', ...files]
  const { text, code } = await new Promise<{ text: string; code: number }>((resolve, reject) => {
    const child = spawn(process.execPath, parameters, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    let output = ''
    child.stdout.on('data', part => (output += part))
    child.on('error', reject)
    child.on('close', status => resolve({ text: output, code: status ?? 1 }))
  })
  const report = JSON.parse(text.slice(text.indexOf('{"'))) as {
    numPassedTests: number
    numFailedTests: number
    testResults: { name: string; status: string; assertionResults: { title: string; status: string }[] }[]
  }
  for (const file of report.testResults) {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed')
    note(`${file.name.slice(root.length)}: ${file.assertionResults.length} tests, ${failed.length} failed`)
    for (const { title } of failed) note(`  failed: ${title}`)
  }
  return { passed: report.numPassedTests, failed: report.numFailedTests, ended: code === 0 }
}
