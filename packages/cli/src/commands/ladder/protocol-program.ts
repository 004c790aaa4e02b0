/** The commands under `elman ladder protocol`. */
import { type Command, InvalidArgumentError } from 'commander'
import { decimal, examples } from '../../options.ts'
import type { Terminal } from '../../terminal.ts'
import type { DeletangOptions } from './protocol-deletang.ts'
import type { FlareOptions } from './protocol-flare.ts'

/** Reads `41..500`, `41..500:20`, `41,100,500`, or several of these with commas between. */
export function lengthsOf(text: string): readonly number[] {
  const lengths = text.split(',').flatMap(part => {
    const [, from, to = from, step = '1'] = /^\s*(\d+)(?:\.\.(\d+)(?::(\d+))?)?\s*$/.exec(part) ?? []
    const [first, last, by] = [Number(from), Number(to), Number(step)]
    if (from === undefined || by < 1 || last < first) {
      throw new InvalidArgumentError('it must be lengths such as 41..500, 41..500:20 or 41,100,500.')
    }
    return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, i) => first + i * by)
  })
  return [...new Set(lengths)].sort((a, b) => a - b)
}

/** Adds `protocol` with its commands to `ladder`, whose options they share. */
export function addProtocolCommands(
  ladder: Command,
  terminal: () => Terminal,
  exit: (code: number) => void,
): void {
  const protocol = ladder
    .command('protocol')
    .description('train and test as a publication did, and stand beside its numbers')
  protocol
    .command('deletang')
    .description(
      '15 transduction tasks of Delétang et al. (2023): trained to length 40, tested from 41 to 500',
    )
    .option(
      '-t, --tasks <names>',
      'tasks of their table such as reverse-string,parity-check; all unless given',
    )
    .option(
      '-c, --cells <names>',
      'learners such as lstm-256,stack-rnn-256; those of their table unless given',
    )
    .option('--steps <count>', 'training steps; 1,000,000 as published unless given')
    .option('--seeds <count>', 'seeds of each probe; 10 as published unless given')
    .option('--rate <number>', 'rate of Adam; 0.0005 unless given', decimal)
    .option('--strings <count>', 'test strings of each length; 512 unless given')
    .option('--test-lengths <lengths>', 'such as 41..500:20; 41..500 unless given', lengthsOf)
    .option('--original', 'tasks, slice of the score and loss as in the released code, defects and all')
    .option('-d, --directory <folder>', 'folder of the results; ladder/deletang unless given')
    .option('-w, --workers <count>', 'processes of one thread each; one a core unless given')
    .option('--dry-run', 'only list the probes that would run')
    .option('--backend <type>', 'what computes: onnxruntime or reference')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText(
      'after',
      examples(
        'elman ladder protocol deletang --tasks reverse-string --cells lstm-256,stack-rnn-256 --steps 20000 --seeds 3',
        'elman ladder protocol deletang --tasks parity-check --cells lstm-64 --test-lengths 41..500:20 --original',
      ),
    )
    .action(async (options: DeletangOptions) => {
      const { ladderDeletang } = await import('./protocol-deletang.ts')
      exit(await ladderDeletang({ ...options, ...ladder.opts() }, terminal()))
    })
  protocol
    .command('flare')
    .description('18 recognition languages of FLaRe (2025): audit its data, draw it anew, learn from it')
    .option('--data <folder>', 'folder with the languages’ folders, as released')
    .option('--write <folder>', 'draw all splits anew by FLaRe’s sampling and our definitions')
    .option(
      '-l, --languages <names>',
      'names of folders such as marked-copy,parity; all unless given',
      namesOf,
    )
    .option('-c, --cells <names>', 'train learners such as lstm-40 on train, test them on test')
    .option('--seeds <count>', 'seeds of each learner; 1 unless given')
    .option('--steps <count>', 'updates at most; 1,000 epochs as published unless given')
    .option('--rate <number>', 'rate of Adam; 0.001 unless given', decimal)
    .option('--strings <count>', 'with --write: strings of a split at most')
    .option('--original', 'with --write: roots in double precision, as released')
    .option('-d, --directory <folder>', 'folder of the results; ladder/flare unless given')
    .option('--backend <type>', 'what computes: onnxruntime or reference')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText(
      'after',
      examples(
        'elman ladder protocol flare --data flare/data --languages compute-sqrt,cycle-navigation',
        'elman ladder protocol flare --write drawn --languages parity --strings 1000',
        'elman ladder protocol flare --data drawn --languages parity --cells lstm-40 --steps 2000',
      ),
    )
    .action(async (options: FlareOptions) => {
      const { ladderFlare } = await import('./protocol-flare.ts')
      exit(await ladderFlare({ ...options, ...ladder.opts() }, terminal()))
    })
}

function namesOf(text: string): readonly string[] {
  return text.split(',').map(name => name.trim())
}
