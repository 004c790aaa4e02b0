/** The commands under `elman ladder`, and `elman certify`. As in program.ts, each imports its work when it runs. */
import type { Command } from 'commander'
import type { CertifyOptions } from './commands/ladder/certify.ts'
import type { ClaimsOptions } from './commands/ladder/claims.ts'
import type { GatesOptions } from './commands/ladder/gates.ts'
import type { ListOptions } from './commands/ladder/list.ts'
import type { ProbeOptions } from './commands/ladder/probe.ts'
import { addProtocolCommands } from './commands/ladder/protocol-program.ts'
import type { LadderReportOptions } from './commands/ladder/report.ts'
import type { LadderOptions } from './commands/ladder/sweep.ts'
import { examples, whole } from './options.ts'
import type { Terminal } from './terminal.ts'

const names = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...splitNames(text),
]

/** Names with commas between them; a config in JSON is one, whatever commas it has. */
function splitNames(text: string): string[] {
  if (text.trimStart().startsWith('{')) return [text]
  return text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}

/** Adds `ladder` with its commands, and `certify`. */
export function addLadderCommands(
  program: Command,
  terminal: () => Terminal,
  exit: (code: number) => void,
): void {
  const ladder = program
    .command('ladder')
    .description('which machine is this network? probes it with formal languages')
    .option('-p, --profile <name>', 'smoke (90 s), standard (hours) or full (nights)')
    .option(
      '-c, --cells <names>',
      'learners such as lstm-16,gru-16, registered cells, or a config as JSON',
      names,
    )
    .option('-t, --tasks <names>', 'languages such as parity,anbn', names)
    .option('--seeds <count>', "seeds of each probe; the profile's own unless given", whole)
    .option('--steps <count>', "training steps of every probe, in place of the recipe's", whole)
    .option('--strings <count>', "test strings of each size; the profile's own unless given", whole)
    .option('-d, --directory <folder>', 'folder of the results; ladder/PROFILE unless given')
    .option('-w, --workers <count>', 'processes of one thread each; one a core unless given', whole)
    .option('--dry-run', 'only list the probes that would run')
    .addHelpText(
      'after',
      examples(
        'elman ladder --profile smoke',
        'elman ladder --profile standard --tasks parity,anbn --cells lstm-16,gru-16',
        'elman ladder --profile standard          again after a stop: it goes on',
        'elman ladder --profile standard --plugin ./my-cell.ts --cells my-cell-16 --tasks parity',
        'elman ladder report ladder/standard',
      ),
    )
    .action(async (options: LadderOptions, command: Command) => {
      if (options.profile === undefined) command.help()
      const { ladderSweep } = await import('./commands/ladder/sweep.ts')
      exit(await ladderSweep(options, terminal()))
    })
  withBackend(ladder)
  addReading(ladder, terminal, exit)
  addProbe(ladder, terminal)
  addProtocolCommands(ladder, terminal, exit)
  addCertify(program, terminal, exit)
}

function addReading(ladder: Command, terminal: () => Terminal, exit: (code: number) => void): void {
  ladder
    .command('report')
    .description('write the page of a sweep: the hierarchy, curves by length, traces, automata, gates')
    .argument('[folder]', 'folder of the results', 'ladder/standard')
    .option('-o, --out <file>', 'HTML file to write; report.html in the folder unless given')
    .option('--no-traces', 'leave out what needs the trained networks')
    .addHelpText('after', examples('elman ladder report ladder/smoke --out smoke.html'))
    .action(async (folder: string, options: LadderReportOptions) => {
      const { ladderReport } = await import('./commands/ladder/report.ts')
      await ladderReport(folder, options, terminal())
    })
  ladder
    .command('list')
    .description('languages with their level, what they ask of a machine, views and training size; learners')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText('after', examples('elman ladder list', 'elman ladder list --json --plugin ./my-language.ts'))
    .action(async (options: ListOptions) => {
      const { ladderList } = await import('./commands/ladder/list.ts')
      await ladderList(options, terminal())
    })
  ladder
    .command('gates')
    .description('judge the gates G1 to G15 from the records of a sweep; status 1 when one fails')
    .argument('[folder]', 'folder of the results', 'ladder/standard')
    .addHelpText('after', examples('elman ladder gates ladder/smoke', 'elman ladder gates --json'))
    .action(async (folder: string, options: GatesOptions) => {
      const { ladderGates } = await import('./commands/ladder/gates.ts')
      exit(await ladderGates(folder, options, terminal()))
    })
  ladder
    .command('claims')
    .description('the power of networks in theory beside what the records show')
    .argument('[folder]', 'folder of the results', 'ladder/standard')
    .option('--write <file>', 'write it as a page of Markdown')
    .addHelpText('after', examples('elman ladder claims ladder/standard --write claims.md'))
    .action(async (folder: string, options: ClaimsOptions) => {
      const { ladderClaims } = await import('./commands/ladder/claims.ts')
      await ladderClaims(folder, options, terminal())
    })
}

function addProbe(ladder: Command, terminal: () => Terminal): void {
  const probe = ladder
    .command('probe')
    .description('one learner on one view of one language, printed')
    .requiredOption('--task <name>', 'language such as parity')
    .option('--view <view>', 'recognise, dense, next-symbol or transduce; the main one unless given')
    .requiredOption('--cell <name>', 'learner such as lstm-16, a registered cell, or a config as JSON')
    .option('--seed <integer>', 'seed of weights and strings; 1 unless given', whole)
    .option('--steps <count>', "training steps; the recipe's unless given", whole)
    .option('--size <count>', "training sizes run from 1 to this; the recipe's unless given", whole)
    .option('--strings <count>', 'test strings of each size; 512 unless given', whole)
    .option('-d, --directory <folder>', 'keep the record and the trained parameters in a folder')
    .addHelpText(
      'after',
      examples(
        'elman ladder probe --task parity --view dense --cell lstm-16',
        `elman ladder probe --task reverse --cell '{"type":"recurrent","cell":{"type":"stack-rnn","hidden":32}}' --seed 3`,
      ),
    )
    .action(async (options: ProbeOptions) => {
      const { ladderProbe } = await import('./commands/ladder/probe.ts')
      await ladderProbe({ ...ladder.opts(), ...options }, terminal())
    })
  withBackend(probe)
}

function addCertify(program: Command, terminal: () => Terminal, exit: (code: number) => void): void {
  program
    .command('certify')
    .description('certify a trained probe of a ladder, or check a certificate without the network')
    .argument('[probe]', 'folder of a probe, or DIR:parity/dense/lstm-16/seed-1')
    .option('-o, --out <file>', 'file of the certificate; in the folder of the results unless given')
    .option('--check <file>', 'verify this certificate again; no weights are needed')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText(
      'after',
      examples(
        'elman certify ladder/smoke:parity/dense/elman-tanh-16/seed-1 --out parity.json',
        'elman certify --check parity.json',
      ),
    )
    .action(async (probe: string | undefined, options: CertifyOptions) => {
      const { certifyCommand } = await import('./commands/ladder/certify.ts')
      exit(await certifyCommand(probe, options, terminal()))
    })
}

function withBackend(command: Command): Command {
  return command
    .option('--backend <type>', 'what computes: onnxruntime or reference')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
}
