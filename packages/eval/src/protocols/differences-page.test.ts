import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { differencesPage } from './differences-page.ts'

test('the page on formal languages lists the differences as the presets have them', () => {
  const page = readFileSync(new URL('../../../../docs/formal-languages.md', import.meta.url), 'utf8')
  expect(page).toContain(differencesPage())
})
