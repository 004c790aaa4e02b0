import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checks } from '../tools/verify/checks.ts'
import { claimsPage, claimsPagePath } from '../tools/verify/claims-page.ts'

test('docs/claims.md is what the checks say (pnpm run verify --write-docs)', () => {
  expect(readFileSync(claimsPagePath, 'utf8')).toBe(claimsPage(checks))
})

test('every check has a name of its own', () => {
  const names = checks.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
