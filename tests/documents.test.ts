/** Every TypeScript block of the documents compiles; those marked `ts run` run and print the text block after them. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Block {
  /** `docs/concepts.md:17`. */
  readonly place: string
  /** What follows the fence: `ts`, `ts run`, `text`. */
  readonly info: string
  readonly code: string
}

const blocks = documents().flatMap(file => blocksOf(file))
const source = blocks.filter(({ info }) => /^ts( |$)/.test(info))

test('every TypeScript block of the documents compiles', () => {
  expect(source.length).toBeGreaterThan(5)
  expect(problemsOf(source)).toEqual([])
}, 120_000)

for (const [index, block] of blocks.entries()) {
  if (block.info !== 'ts run') continue
  test(`the code at ${block.place} prints what the document says`, () => {
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 }
    const script = ts.transpileModule(block.code, { compilerOptions }).outputText
    const parameters = [
      '--conditions=elman-source',
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      script,
    ]
    const printed = execFileSync(process.execPath, parameters, {
      cwd: root,
      encoding: 'utf8',
      env: environment(),
    })
    const expected = blocks[index + 1]
    expect(expected?.info, 'a text block with what it prints follows').toBe('text')
    expect(printed.trim()).toBe(expected!.code.trim())
  }, 60_000)
}

/** Of this process, without what vitest adds for its own workers. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' }
}

function documents(): string[] {
  const inFolder = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md'))
      .map(name => join(folder, name))
  const readmes = ['packages', 'examples'].flatMap(folder =>
    readdirSync(join(root, folder)).map(name => join(folder, name, 'README.md')),
  )
  const exists = (file: string) => ts.sys.fileExists(join(root, file))
  return ['README.md', 'CONTRIBUTING.md', ...inFolder('docs'), ...readmes].filter(exists)
}

function blocksOf(file: string): Block[] {
  const found: Block[] = []
  let open: { info: string; line: number; lines: string[] } | undefined
  for (const [index, line] of readFileSync(join(root, file), 'utf8').split(/\r?\n/).entries()) {
    const fence = /^```(.*)$/.exec(line)
    if (fence === null) open?.lines.push(line)
    else if (open === undefined) open = { info: fence[1]!.trim(), line: index + 1, lines: [] }
    else {
      found.push({
        place: `${file.replaceAll('\\', '/')}:${open.line}`,
        info: open.info,
        code: open.lines.join('\n'),
      })
      open = undefined
    }
  }
  return found
}

/** Compiles the blocks as modules of the folder tests/, without writing them. */
function problemsOf(parts: readonly Block[]): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.test.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => {},
    },
  )!
  const files = new Map(parts.map((block, index) => [join(root, 'tests', `block-${index}.ts`), block]))
  const host = ts.createCompilerHost(config.options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = name => files.has(name) || fileExists(name)
  host.readFile = name => (files.has(name) ? `${files.get(name)!.code}\nexport {}\n` : readFile(name))
  host.getSourceFile = (name, options) =>
    files.has(name) ? ts.createSourceFile(name, host.readFile(name)!, options) : getSourceFile(name, options)
  const program = ts.createProgram([...files.keys()], config.options, host)
  return [...files].flatMap(([name, { place }]) => {
    const file = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map(({ start, messageText }) => {
      const line = ts.getLineAndCharacterOfPosition(file!, start ?? 0).line + 1
      const text = ts.flattenDiagnosticMessageText(messageText, ' ')
      return `${place}, line ${line} of the block (${relative(root, name)}): ${text}`
    })
  })
}
