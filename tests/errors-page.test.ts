/** docs/errors.md and the sources name the same error codes. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

test('docs/errors.md lists every error code that a package throws, and no other', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  const documented = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, code]) => code!)
  expect(new Set(documented).size).toBe(documented.length)
  expect([...documented].sort()).toEqual([...thrownCodes()].sort())
})

test('every error code on the page has a sentence on what it means and one on what to do', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  for (const section of page.split(/^### /m).slice(1)) {
    expect(section).toMatch(/^`[A-Z0-9_]+`\n\n[^\n]+\. \*\*Do:\*\* [^\n]+\.?\n/)
  }
})

/** First arguments of `new ElmanError`, `new CollectedError` and `failure`: a code, a choice of two, or a family. */
function thrownCodes(): Set<string> {
  const codes = new Set<string>()
  for (const file of sources()) {
    const text = readFileSync(file, 'utf8')
    for (const [, argument] of text.matchAll(/(?:new (?:Elman|Collected)Error|\bfailure)\(\s*([^,]+?),/g)) {
      const family = /^`(\w+)_\$\{\w+\}`$/.exec(argument!)?.[1]
      for (const [, code] of argument!.matchAll(/'([A-Z][A-Z0-9_]+)'/g)) codes.add(code!)
      if (family !== undefined) for (const member of membersOf(family)) codes.add(member)
    }
  }
  return codes
}

/** `safetensorsError('TRUNCATED', ...)` throws `SAFETENSORS_TRUNCATED`. */
function membersOf(family: string): string[] {
  const call = new RegExp(`${family.toLowerCase()}Error\\(\\s*'([A-Z_]+)'`, 'g')
  return sources().flatMap(file =>
    [...readFileSync(file, 'utf8').matchAll(call)].map(([, kind]) => `${family}_${kind}`),
  )
}

function sources(): string[] {
  return readdirSync(join(root, 'packages')).flatMap(name => {
    const folder = join(root, 'packages', name, 'src')
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file))
      .map(file => join(folder, file))
  })
}
