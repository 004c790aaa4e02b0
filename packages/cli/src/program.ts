/**
 * The commands, their options and their help. Nothing but commander is imported here; each action imports its command,
 * so that `elman --help` starts as fast as Node does.
 */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { ContinualCommandOptions } from './commands/continual.ts'
import type { EvaluateOptions } from './commands/evaluate.ts'
import type { ExportOptions } from './commands/export.ts'
import type { GenerateOptions } from './commands/generate.ts'
import type { QuantizeCommandOptions } from './commands/quantize.ts'
import type { ResumeOptions } from './commands/resume.ts'
import type { RunOptions } from './commands/run.ts'
import { addEmbedCommands } from './embed-program.ts'
import { EXIT } from './exit-codes.ts'
import { addLadderCommands } from './ladder-program.ts'
import { decimal, examples, whole } from './options.ts'
import { addPretrainCommands } from './pretrain-program.ts'
import { addProbeCommands } from './probe-program.ts'
import { addReproduceCommand } from './reproduce-program.ts'
import { createTerminal, type GlobalFlags } from './terminal.ts'

const EXIT_CODES = `
Exit status:
  0 it worked    1 it failed    2 the command line, config or a plugin is wrong
  3 training diverged    130 stopped by Ctrl-C (elman resume goes on)
`

const EXAMPLES = `
Examples:
  elman init my-model && cd my-model
  elman run                                 train what elman.config.ts says
  elman run --set train.epochs=3 --name short
  elman resume runs/short                   go on after Ctrl-C, a crash, or kill -9
  elman report runs/short runs/long         compare two runs on one page
`

/**
 * The program with all its commands.
 *
 * @param exit takes the exit status of a command that ended without an error
 */
export function createProgram(exit: (code: number) => void): Command {
  const program = new Command('elman')
    .description(
      'Neural language models from one config file, and word vectors: train, evaluate, report, export.',
    )
    .version(ownVersion(), '-V, --version', 'print the version')
    .option('--json', 'JSON on standard output, for machines')
    .option('-q, --quiet', 'nothing but results and errors')
    .option('--verbose', 'stacks under errors')
    .exitOverride()
    .showHelpAfterError('(elman --help shows the commands, elman COMMAND --help its options)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXAMPLES + EXIT_CODES)
  const terminal = () => createTerminal(program.opts<GlobalFlags>())

  program
    .command('init')
    .description('make a folder with an experiment')
    .argument('[folder]', 'the working directory unless given', '.')
    .action(async (folder: string) => {
      const { init } = await import('./commands/init.ts')
      await init(folder, terminal())
    })

  withBackend(program.command('run'))
    .description('train, evaluate and report what a config says')
    .argument('[config]', 'file or folder; elman.config.ts of the working directory unless given')
    .option('-s, --set <path=value...>', 'change the config, such as train.epochs=3')
    .option('-n, --name <name>', "the run's name; made from corpus and time unless given")
    .option('-d, --directory <folder>', 'folder of all runs', 'runs')
    .addHelpText(
      'after',
      examples(
        'elman run',
        'elman run my.config.ts --name big --set model.cell.hidden=512 train.epochs=10',
        'elman run --plugin ./my-cell.ts --set model.cell.type=my-cell',
      ),
    )
    .action(async (config: string | undefined, options: RunOptions) => {
      const { run } = await import('./commands/run.ts')
      exit(await run(config, options, terminal()))
    })

  withBackend(program.command('resume'))
    .description('go on with a run from its newest checkpoint')
    .argument('<run>', 'run folder')
    .addHelpText('after', examples('elman resume runs/big'))
    .action(async (run: string, options: ResumeOptions) => {
      const { resume } = await import('./commands/resume.ts')
      exit(await resume(run, options, terminal()))
    })

  withBackend(program.command('evaluate'))
    .description("score a split of the run's corpus, or a text")
    .argument('<run>', 'run folder')
    .option('--split <name>', 'train, valid or test', 'test')
    .option('--text <file>', 'a text file in place of a split')
    .option(
      '--with <evaluator...>',
      'evaluators by name or as JSON: static, neural-cache, dynamic, monte-carlo',
    )
    .option('-c, --checkpoint <which>', 'best, latest or a step; the best unless given')
    .addHelpText(
      'after',
      examples(
        'elman evaluate runs/big',
        'elman evaluate runs/big --text letters.txt --json',
        'elman evaluate runs/big --with static neural-cache',
      ),
    )
    .action(async (run: string, options: EvaluateOptions) => {
      const { evaluate } = await import('./commands/evaluate.ts')
      await evaluate(run, options, terminal())
    })

  withBackend(program.command('generate'))
    .description("write text by a run's model")
    .argument('<run>', 'run folder')
    .option('-p, --prompt <text>', 'text to go on from')
    .option('-t, --tokens <count>', 'tokens to write', whole)
    .option('--temperature <number>', 'below 1 bolder, 0 always the most likely', decimal)
    .option('--top-k <count>', 'only the so many most likely tokens', whole)
    .option('--top-p <number>', 'only the most likely tokens of this probability', decimal)
    .option('--seed <integer>', 'the same seed writes the same text', whole)
    .option('-c, --checkpoint <which>', 'best, latest or a step; the best unless given')
    .addHelpText('after', examples('elman generate runs/big --prompt "ROMEO:" --tokens 300 --top-p 0.9'))
    .action(async (run: string, options: GenerateOptions) => {
      const { generate } = await import('./commands/generate.ts')
      await generate(run, options, terminal())
    })

  program
    .command('report')
    .description('write the page of a run, or compare several')
    .argument('<run...>', 'run folders')
    .option('-o, --out <file>', 'HTML file to write')
    .addHelpText(
      'after',
      examples('elman report runs/lstm', 'elman report runs/lstm runs/gru --out gru-or-lstm.html'),
    )
    .action(async (runs: string[], options: { out?: string }) => {
      const { report } = await import('./commands/report.ts')
      await report(runs, options, terminal())
    })

  program
    .command('export')
    .description("write a run's model as one file")
    .argument('<run>', 'run folder')
    .option('--to <format>', 'onnx, or sparse: the parameters without their zeros', 'onnx')
    .option('-o, --out <file>', 'file to write; model.onnx in the run folder unless given')
    .option('-c, --checkpoint <which>', 'best, latest or a step; the best unless given')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText('after', examples('elman export runs/big --to onnx', 'elman export runs/pruned --to sparse'))
    .action(async (run: string, options: ExportOptions) => {
      const { exportRun } = await import('./commands/export.ts')
      await exportRun(run, options, terminal())
    })

  program
    .command('quantize')
    .description("write a run's model with int8 weights, and score it before and after")
    .argument('<run>', 'run folder')
    .option('-o, --out <file>', 'file to write; model.int8.onnx in the run folder unless given')
    .option('--bits <7|8>', 'bits of a weight', whole, 7)
    .option('--minimum-elements <count>', 'smaller matrices stay as they are; 1,024 unless given', whole)
    .option('--split <name>', 'train, valid or test', 'test')
    .option('--tokens <count>', 'tokens of the split to score; all unless given', whole)
    .option('--threads <count>', 'threads inside one operation', whole)
    .option('-c, --checkpoint <which>', 'best, latest or a step; the best unless given')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText('after', examples('elman quantize runs/big', 'elman quantize runs/big --tokens 5000 --json'))
    .action(async (run: string, options: QuantizeCommandOptions) => {
      const { quantize } = await import('./commands/quantize.ts')
      await quantize(run, options, terminal())
    })

  withBackend(program.command('continual'))
    .description('go on with a run on a second text, and see what is learnt and forgotten')
    .argument('<run>', 'run folder')
    .requiredOption('--on <file>', 'training text of the second domain')
    .option('--valid <file>', 'text it is scored on; the last tenth of the training text unless given')
    .option(
      '--strategy <name...>',
      'fine-tuning, elastic=STRENGTH, replay=SHARE, or both with a +; each is run and compared',
      ['fine-tuning'],
    )
    .option('--steps <count>', 'updates with the second text', whole, 1000)
    .option('--every <count>', 'updates between scores; a tenth of the steps unless given', whole)
    .option('--rate <number>', "learning rate; the run's own unless given", decimal)
    .option('--seed <integer>', 'of dropout', whole, 1)
    .option('-o, --out <file>', 'file for all scores, a JSON line each')
    .option('-c, --checkpoint <which>', 'best, latest or a step; the best unless given')
    .addHelpText(
      'after',
      examples(
        'elman continual runs/plays --on articles.txt --strategy fine-tuning elastic=1000 replay=0.25',
      ),
    )
    .action(async (run: string, options: ContinualCommandOptions) => {
      const { continual } = await import('./commands/continual.ts')
      await continual(run, options, terminal())
    })

  addEmbedCommands(program, terminal, exit)
  addReproduceCommand(program, terminal, exit)
  addLadderCommands(program, terminal, exit)
  addPretrainCommands(program, terminal, exit)
  addProbeCommands(program, terminal, exit)

  const data = program.command('data').description('list, verify and name corpora')
  data
    .command('list')
    .description('datasets with licence and source, and the texts you added')
    .action(async () => {
      const { dataList } = await import('./commands/data-list.ts')
      await dataList(terminal())
    })
  data
    .command('verify')
    .description('compare the files of a dataset with their published SHA-256')
    .argument('<name>', 'dataset')
    .option('-d, --directory <folder>', 'where its files are, unless bundled or added')
    .addHelpText(
      'after',
      examples('elman data verify tiny-shakespeare', 'elman data verify ptb --directory data/ptb'),
    )
    .action(async (name: string, { directory }: { directory?: string }) => {
      const { dataVerify } = await import('./commands/data-verify.ts')
      exit((await dataVerify(name, directory, terminal())) ? EXIT.success : EXIT.failure)
    })
  data
    .command('add')
    .description('give a text a name that configs may use')
    .argument('<name>', 'ptb and wikitext-2 are checked against the published files; any other name is yours')
    .argument('<path>', 'text file, or folder with the files of train, valid and test')
    .addHelpText('after', examples('elman data add ptb ~/corpora/ptb', 'elman data add letters letters.txt'))
    .action(async (name: string, path: string) => {
      const { dataAdd } = await import('./commands/data-add.ts')
      await dataAdd(name, path, terminal())
    })

  program
    .command('plugins')
    .description('what plugins bring')
    .command('list')
    .description('components that are loaded, by kind')
    .argument('[config]', 'config file whose plugins to load too')
    .option('--available', 'installed packages that could be enabled')
    .option('--plugin <spec...>', 'plugins to load as well')
    .addHelpText('after', examples('elman plugins list', 'elman plugins list --available'))
    .action(async (config: string | undefined, options: { available?: boolean; plugin?: string[] }) => {
      const { pluginsList } = await import('./commands/plugins-list.ts')
      await pluginsList({ ...options, ...(config === undefined ? {} : { config }) }, terminal())
    })

  program
    .command('doctor')
    .description('what this machine has: versions, devices, data, plugins')
    .argument('[config]', 'config file whose plugins to check')
    .action(async (config: string | undefined) => {
      const { doctor } = await import('./commands/doctor.ts')
      exit((await doctor(config, terminal())) ? EXIT.success : EXIT.failure)
    })

  return program
}

/** The options of every command that computes. */
function withBackend(command: Command): Command {
  return command
    .option('--backend <type>', 'what computes: onnxruntime or reference')
    .option('--threads <count>', 'threads inside one operation', whole)
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
