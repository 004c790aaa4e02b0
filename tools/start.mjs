// README command 1: from a bare clone to a trained, evaluated, reported and exported language model.
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build, installIfNeeded, node, root } from './steps.mjs'

const CLI = 'packages/cli/dist/bin.js'

await installIfNeeded()
console.log('compiling the packages')
await build()

const name = freeName('quickstart')
await elman('run', 'examples/quickstart/elman.config.ts', '--name', name)
await elman('export', join('runs', name), '--to', 'onnx')
console.log(`
All of it is in ${relative(process.cwd(), join(root, 'runs', name)) || '.'}:
  report.html    open it in a browser: curves, the 5-gram baseline, samples, the whole config
  model.onnx     the model with its weights, for any ONNX runtime
Next: change examples/quickstart/elman.config.ts, or try
  pnpm run elman generate ${join('runs', name)} --prompt "ROMEO:"`)

/** Runs the command; ends the process with its status when it fails. */
async function elman(...parameters) {
  const { code } = await node(CLI, ...parameters)
  if (code !== 0) process.exit(code)
}

/** `quickstart`, or with the first free number behind it. */
function freeName(stem) {
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`
    if (!existsSync(join(root, 'runs', name))) return name
  }
}
