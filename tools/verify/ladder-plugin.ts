import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { elman } from '../../tests/run-elman.ts'
import type { Check } from './check.ts'

const cell = fileURLToPath(new URL('../../examples/plugin-cell/src/index.ts', import.meta.url))
const language = fileURLToPath(new URL('ladder-plugin-language.ts', import.meta.url))
const PLUGINS = ['--plugin', cell, '--plugin', language]
const LEARNERS = 'mgu-16,lstm-16,window-2'
const TASKS = 'parity,no-double-a'

/** A stranger's cell and a stranger's language on the ladder. */
export const ladderPlugin: Check = {
  name: 'ladder-plugin',
  claim:
    "a cell and a language from plugins go through a sweep by processes like the built-in ones: the example plugin's cell learns parity and the plugin's language, gets certificates for all lengths that the checker accepts, and both stand on the page with their automata, with no change of elman",
  tolerance: 'exact at 8 times the training size, K4, accepted',
  duration: '60 s',
  async run({ note }) {
    const folder = mkdtempSync(join(tmpdir(), 'elman-ladder-plugin-'))
    try {
      const call = async (...parameters: string[]) => {
        const ended = await elman(parameters, folder)
        if (ended.code !== 0) throw new Error(`${ended.stderr}${ended.stdout}`)
        return ended.stdout
      }
      const sweep = ['ladder', '--profile', 'standard', '--seeds', '1', '-d', 'results']
      await call(...sweep, '--tasks', TASKS, '--cells', LEARNERS, ...PLUGINS)
      const lines = readFileSync(join(folder, 'results/probes.jsonl'), 'utf8').trim().split('\n')
      const records = lines.map(line => JSON.parse(line) as ReadRecord)
      const own = records.filter(({ learner }) => learner === 'mgu-16')
      for (const { probe, frontier, certificate } of records) {
        note(`${probe}: frontier ${frontier}, ${certificate?.summary ?? 'no certificate'}`)
      }
      let accepted = 0
      for (const { certificate } of own) {
        if (certificate?.file === undefined) continue
        const check = await elman(
          ['certify', '--check', `results/${certificate.file}`, '--json', ...PLUGINS],
          folder,
        )
        if ((JSON.parse(check.stdout) as { accepted: boolean }).accepted) accepted += 1
      }
      await call('ladder', 'report', 'results')
      const page = readFileSync(join(folder, 'results/report.html'), 'utf8')
      const shown = ['no-double-a', '>mgu<', 'automaton of no-double-a/'].every(text => page.includes(text))
      const learnt = own.filter(({ frontier, training }) => frontier >= 8 * training.trainSize).length
      const certified = own.filter(({ certificate }) => certificate?.level === 'K4').length
      return {
        measured: { probes: records.length, learnt, certified, accepted, shown },
        pass: records.length === 6 && learnt === 2 && certified === 2 && accepted === 2 && shown,
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface ReadRecord {
  readonly probe: string
  readonly learner: string
  readonly frontier: number
  readonly training: { readonly trainSize: number }
  readonly certificate?: { readonly level: string; readonly summary: string; readonly file?: string }
}
