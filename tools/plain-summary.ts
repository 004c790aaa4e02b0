import type { Reporter, TestModule } from 'vitest/node'

/** Prints a last plain line `N passed, N failed, N skipped` for readers of logs that do not know vitest. */
export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      let tests = 0
      for (const test of module.children.allTests()) {
        tests += 1
        const state = test.result().state
        if (state === 'passed' || state === 'failed' || state === 'skipped') counts[state] += 1
      }
      // A file that cannot be loaded has no tests; it must still count as a failure.
      if (module.state() === 'failed' && (tests === 0 || module.errors().length > 0)) counts.failed += 1
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`)
  }
}
