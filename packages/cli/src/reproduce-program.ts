/** The command `elman reproduce`. As in program.ts, it imports its work only when it runs. */
import type { Command } from 'commander'
import type { ReproduceOptions } from './commands/reproduce/reproduce.ts'
import { examples, whole } from './options.ts'
import type { Terminal } from './terminal.ts'

/** Adds `reproduce` to the program. */
export function addReproduceCommand(
  program: Command,
  terminal: () => Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('reproduce')
    .description('measure published language models again, row by row')
    .argument('<ladder>', 'ptb, ptb-reduced or shakespeare-reduced')
    .option('-l, --list', 'what is claimed, what was published, and what is measured so far')
    .option('-r, --row <name...>', 'rows or families to run, or all; the whole ladder if it is a reduced one')
    .option(
      '-b, --budget <time>',
      'full, or a time a row such as 10m or 1h; 10m unless given, reduced ladders full',
    )
    .option(
      '--seed <integer...>',
      "seeds; the ladder's own unless given",
      (text: string, seeds: number[] = []) => [...seeds, whole(text)],
    )
    .option('--data <folder>', 'where ptb.train.txt, ptb.valid.txt and ptb.test.txt are')
    .option('--other-text', 'those files hold another text: nothing published is compared with')
    .option('-d, --directory <folder>', 'folder of all rows; reproduce/LADDER unless given')
    .option('--write <file>', "write a row's experiment, .ts or .json, to copy and change")
    .option('--write-docs <file>', 'write all results as a page of Markdown')
    .option('--compare <row>', 'on that page, the difference from this row with an interval')
    .option('--backend <type>', 'what computes: onnxruntime or reference')
    .option('--threads <count>', 'threads inside one operation', whole)
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText(
      'after',
      examples(
        'elman reproduce ptb --list',
        'elman reproduce ptb --row kn5 --data ~/corpora/ptb',
        'elman reproduce ptb --row lstm-small --budget 1h      again after a stop: it goes on',
        'elman reproduce ptb --row lstm-small --write elman.config.ts',
        'elman reproduce ptb --write-docs ladder.md --compare kn5',
        'elman reproduce shakespeare-reduced',
      ),
    )
    .action(async (ladder: string, options: ReproduceOptions) => {
      const { reproduce } = await import('./commands/reproduce/reproduce.ts')
      exit(await reproduce(ladder, options, terminal()))
    })
}
