// README command 2: installs what is missing and runs all tests. The last line is `N passed, N failed`.
// Words after `--` or `test` go to vitest: `pnpm test packages/core/src/random`.
import { installIfNeeded, node } from './steps.mjs'

await installIfNeeded()
const filters = process.argv.slice(2).filter(word => word !== '--')
process.exitCode = (await node('node_modules/vitest/vitest.mjs', 'run', ...filters)).code
