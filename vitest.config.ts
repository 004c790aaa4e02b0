import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['elman-source'] } },
  resolve: { conditions: ['elman-source'] },
  test: {
    include: ['{packages,examples}/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    reporters: ['default', './tools/plain-summary.ts'],
    typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: 'tsconfig.test.json' },
  },
})
