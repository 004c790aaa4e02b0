/** `elman certify`: the best certificate of a trained probe, or a certificate verified again without its network. */
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { ElmanError, writeFileAtomically } from '@elman/core'
import {
  bestMode,
  type Certificate,
  certificatePath,
  certify,
  checkCertificate,
  type LadderLanguage,
  newestRecords,
  readResults,
} from '@elman/eval'
import { EXIT } from '../../exit-codes.ts'
import { showPhases } from '../../phases.ts'
import type { Terminal } from '../../terminal.ts'
import { ladderBackend, ladderContainer, pluginsOfCall, registeredLanguages } from './ladder-container.ts'
import { findRecord, trainedProbe } from './trained-probe.ts'

/** Options of `elman certify`. */
export interface CertifyOptions {
  readonly out?: string
  readonly check?: string
  readonly plugin?: readonly string[]
}

/** Issues or checks. Returns 1 when a certificate is refused. */
export async function certifyCommand(
  probe: string | undefined,
  options: CertifyOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.check !== undefined) return checkFile(options.check, options, terminal)
  if (probe === undefined) {
    throw new ElmanError('USAGE_CERTIFY', {
      message: 'what is to be certified?',
      expected: 'a probe of a folder such as ladder/smoke:parity/dense/elman-tanh-16/seed-1, or --check FILE',
    })
  }
  await issue(probe, options, terminal)
  return EXIT.success
}

async function issue(text: string, { out, plugin }: CertifyOptions, terminal: Terminal): Promise<void> {
  const colon = text.lastIndexOf(':')
  const [folder, name] = colon > 1 ? [text.slice(0, colon), text.slice(colon + 1)] : [text, undefined]
  const results = readResults(resolve(folder))
  const record = name === undefined ? onlyRecord(results, folder) : findRecord(results, name)
  const plugins = plugin === undefined ? results.plugins : pluginsOfCall(plugin)
  const container = await ladderContainer(plugins)
  const trained = await trainedProbe(results, record, container)
  if (trained === undefined) {
    throw new ElmanError('CERTIFY_NO_STATE', {
      message: `${record.probe} has no state that could be followed step by step`,
      expected: 'a recurrent learner or a window',
    })
  }
  const { language, view } = trained.encoding
  const phases = showPhases(terminal)
  const hard = bestMode(record) === 'hard'
  const capacity = Math.max(...record.soft.map(({ length }) => length)) + 1
  const recogniser = await trained.recogniser(await ladderBackend(container), hard, capacity)
  try {
    const { certificate } = await certify({
      ...{ recogniser, language, view },
      network: { learner: record.learner, seed: record.seed, configHash: record.configHash },
      note: step => phases.line(step),
    })
    const file = resolve(out ?? certificatePath(results.directory, record.probe))
    mkdirSync(dirname(file), { recursive: true })
    await writeFileAtomically(file, `${JSON.stringify(certificate, undefined, 1)}\n`)
    const shown = relative(process.cwd(), file)
    terminal.result(
      { file, level: certificate.level, subject: certificate.subject, summary: certificate.summary },
      [
        `${certificate.level} of the ${certificate.subject}`,
        certificate.summary,
        `wrote ${shown}; verify it again: elman certify --check ${shown}`,
      ].join('\n'),
    )
  } finally {
    phases.finish()
    await recogniser.dispose()
  }
}

function onlyRecord(results: ReturnType<typeof readResults>, folder: string) {
  const known = newestRecords(results.records)
  if (known.length === 1) return known[0]!
  throw new ElmanError('USAGE_CERTIFY', {
    message: `${folder} holds ${known.length} probes`,
    expected: `one of them, such as ${folder}:${known[0]?.probe ?? 'parity/dense/lstm-16/seed-1'}`,
  })
}

async function checkFile(path: string, { plugin }: CertifyOptions, terminal: Terminal): Promise<number> {
  const json = readCertificate(path)
  const id = (json as Partial<Certificate>).language?.id
  const languages = await registeredLanguages(await ladderContainer(pluginsOfCall(plugin)))
  const language: LadderLanguage | undefined = languages.find(item => item.language.id === id)
  const { accepted, problems, verified, certificate } = checkCertificate(json, language?.language)
  const missing =
    language === undefined ? ['the language is not registered here, so its definition was not asked'] : []
  terminal.result(
    { accepted, problems, verified, level: certificate?.level, summary: certificate?.summary },
    [
      ...(certificate === undefined ? [] : [certificate.summary]),
      ...verified.map(text => `  ${terminal.colours.green('holds')}  ${text}`),
      ...missing.map(text => `  ${terminal.colours.dim('open')}   ${text}`),
      ...problems.map(text => `  ${terminal.colours.red('wrong')}  ${text}`),
      accepted ? terminal.colours.green('accepted') : terminal.colours.red('refused'),
    ].join('\n'),
  )
  return accepted ? EXIT.success : EXIT.failure
}

function readCertificate(path: string): unknown {
  let text: string
  try {
    text = readFileSync(resolve(path), 'utf8')
  } catch (cause) {
    throw new ElmanError('FILE_UNREADABLE', { message: `cannot read ${path}`, cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ElmanError('CERTIFICATE_NOT_JSON', {
      message: `${path} is not JSON`,
      hint: 'a certificate is what elman certify writes',
      cause,
    })
  }
}
