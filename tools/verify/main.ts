/**
 * `pnpm run verify NAME [--data DIR]` measures one claim of the documents, prints it beside the claim, and ends with
 * one line of JSON; the exit status is 1 when the claim does not hold. `--list` shows all; `--write-docs` writes them
 * to docs/claims.md.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { findDataFolder } from '@elman/text'
import { checks } from './checks.ts'
import { claimsPage, claimsPagePath } from './claims-page.ts'

const USAGE = 'pnpm run verify NAME [--data DIR] | --list | --write-docs'

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      list: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
    },
  })
  if (values['write-docs']) {
    await writeFile(claimsPagePath, claimsPage(checks))
    return 0
  }
  if (values.list) {
    const width = Math.max(...checks.map(({ name }) => name.length))
    for (const { name, duration, claim } of checks)
      console.log(`${name.padEnd(width)}  ${duration.padEnd(7)}  ${claim}`)
    return 0
  }
  const [name] = positionals
  const check = checks.find(each => each.name === name)
  if (check === undefined) {
    console.error(`${name === undefined ? 'no check was named' : `there is no check "${name}"`}: ${USAGE}`)
    console.error(`checks: ${checks.map(each => each.name).join(', ')}`)
    return 2
  }
  const { claim, tolerance } = check
  console.log(`claim      ${claim}\ntolerance  ${tolerance}`)
  const start = performance.now()
  const seconds = () => Number(((performance.now() - start) / 1000).toFixed(1))
  const base = { name: check.name, claim, tolerance }
  try {
    const note = (text: string) => console.log(`  ${text}`)
    const { measured, pass } = await check.run({ data: values.data ?? findDataFolder(process.env), note })
    console.log(
      `measured   ${Object.entries(measured)
        .map(([key, value]) => `${key}: ${text(value)}`)
        .join(', ')}`,
    )
    console.log(pass ? 'holds' : 'DOES NOT HOLD')
    console.log(JSON.stringify({ ...base, measured, pass, seconds: seconds() }))
    return pass ? 0 : 1
  } catch (error) {
    // programs that fail print a lot; the end says what it was
    const message = (error instanceof Error ? error.message : String(error)).trim().slice(-800)
    console.log(`could not be measured: ${message}`)
    console.log(JSON.stringify({ ...base, measured: null, pass: false, error: message, seconds: seconds() }))
    return 1
  }
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
