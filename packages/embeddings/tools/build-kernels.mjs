// Compiles each module of assembly/ to WebAssembly and writes its bytes, as base64, to src/kernels/.
// With --check it writes nothing and fails when the bytes in src differ from a fresh build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { argv, exit, stderr } from 'node:process'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Modules: files of assembly/ itself; those in its folders are parts that modules import. */
export const modules = readdirSync(join(root, 'assembly'))
  .filter(file => file.endsWith('.ts'))
  .map(file => basename(file, '.ts'))

/** Bytes of one compiled module. */
export async function compile(name) {
  const files = new Map()
  const { error, stderr: messages } = await asc.main(
    [
      `assembly/${name}.ts`,
      ...['--outFile', `${name}.wasm`, '--baseDir', root],
      ...['-O3', '--converge', '--noAssert', '--runtime', 'stub'],
      ...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
      ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
      // Addresses below this are the caller's: kernels keep no data of their own.
      ...['--memoryBase', '0'],
    ],
    { writeFile: (file, contents) => void files.set(file, contents) },
  )
  if (error) throw new Error(`assembly/${name}.ts does not compile\n${messages.toString()}`)
  return files.get(`${name}.wasm`)
}

/** The source file that carries the bytes. */
export function sourceOf(name, bytes) {
  const text = Buffer.from(bytes).toString('base64')
  const lines = text.match(/.{1,96}/g).map(line => `  '${line}',`)
  return `// Made from assembly/${name}.ts by \`pnpm --filter @elman/embeddings run kernels\`; do not edit.
export const ${name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())}Wasm = [
${lines.join('\n')}
].join('')
`
}

/** Where the bytes of a module are kept. */
export const fileOf = name => join(root, 'src/kernels', `${name}-wasm.ts`)

if (argv[1] === fileURLToPath(import.meta.url)) {
  const check = argv.includes('--check')
  const wanted = argv.slice(2).filter(argument => !argument.startsWith('-'))
  for (const name of wanted.length > 0 ? wanted : modules) {
    const bytes = await compile(name)
    const source = sourceOf(name, bytes)
    if (!check) writeFileSync(fileOf(name), source)
    else if (readFileSync(fileOf(name), 'utf8') !== source) {
      stderr.write(`src/kernels/${name}-wasm.ts is not what assembly/${name}.ts compiles to\n`)
      exit(1)
    }
    stderr.write(`${name}: ${bytes.length} bytes${check ? ', as shipped' : ''}\n`)
  }
}
