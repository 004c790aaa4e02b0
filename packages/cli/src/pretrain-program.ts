/** The commands under `elman pretrain`. As in program.ts, each imports its work when it runs. */
import { type Command, Option } from 'commander'
import type { EmbedElmoOptions } from './commands/pretrain/elmo-embed.ts'
import type { ResumePipelineOptions } from './commands/pretrain/resume.ts'
import type { RunPipelineOptions } from './commands/pretrain/run.ts'
import { examples, whole } from './options.ts'
import type { Terminal } from './terminal.ts'

/** Adds `pretrain` with its commands. */
export function addPretrainCommands(
  program: Command,
  terminal: () => Terminal,
  exit: (code: number) => void,
): void {
  const pretrain = program
    .command('pretrain')
    .description('pre-training and transfer: pipelines of stages, from raw text to scores')
    .addHelpText(
      'after',
      examples(
        'elman pretrain init ulmfit my-task && cd my-task',
        'elman pretrain run                        all stages of elman.pipeline.json',
        'elman pretrain status                     how far it is',
        'elman pretrain resume pipeline            go on after Ctrl-C, a crash, or kill -9',
      ),
    )

  withBackend(pretrain.command('run'))
    .description('run the stages of a pipeline that are not done, or whose config, inputs or seed changed')
    .argument('[file]', 'file or folder; elman.pipeline.json or .ts of the working directory unless given')
    .option('-s, --set <path=value...>', 'change the pipeline, such as seed=2 or stages.1.train.epochs=3')
    .option('-d, --directory <folder>', 'folder of the results; pipeline beside the file unless given')
    .addHelpText(
      'after',
      examples(
        'elman pretrain run',
        'elman pretrain run my.pipeline.json --directory results/first',
        'elman pretrain run --set seed=2 --directory results/seed-2',
        'elman pretrain run --plugin ./my-stage.ts',
      ),
    )
    .action(async (file: string | undefined, options: RunPipelineOptions) => {
      const { runPretrain } = await import('./commands/pretrain/run.ts')
      exit(await runPretrain(file, options, terminal()))
    })

  withBackend(pretrain.command('resume'))
    .description('go on with a pipeline from what it has in its folder')
    .argument('<folder>', 'folder of the results')
    .addHelpText('after', examples('elman pretrain resume pipeline'))
    .action(async (folder: string, options: ResumePipelineOptions) => {
      const { resumePretrain } = await import('./commands/pretrain/resume.ts')
      exit(await resumePretrain(folder, options, terminal()))
    })

  pretrain
    .command('status')
    .description('how far a pipeline is, what has changed, and its scores')
    .argument('[folder]', 'folder of the results', 'pipeline')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText('after', examples('elman pretrain status', 'elman pretrain status results/first --json'))
    .action(async (folder: string, options: { plugin?: string[] }) => {
      const { pretrainStatus } = await import('./commands/pretrain/status.ts')
      await pretrainStatus(folder, options, terminal())
    })

  pretrain
    .command('init')
    .description('make a folder with a pipeline for your text and labels, of a size for two cores')
    .argument('<preset>', 'ulmfit, elmo or masked-lm')
    .argument('[folder]', 'the working directory unless given', '.')
    .addHelpText(
      'after',
      examples(
        'elman pretrain init ulmfit my-task',
        'elman pretrain init elmo',
        'elman pretrain init masked-lm',
      ),
    )
    .action(async (preset: string, folder: string) => {
      const { initPretrain } = await import('./commands/pretrain/init.ts')
      await initPretrain(preset, folder, terminal())
    })

  const elmo = pretrain.command('elmo').description('work with an ELMo')
  withBackend(elmo.command('embed'))
    .description('every layer of every token of sentences, as a file of vectors')
    .argument('<file>', 'sentences, a line each, tokens between spaces')
    .requiredOption(
      '-m, --model <folder>',
      'options.json and weights.hdf5, also those of bilm-tf and AllenNLP',
    )
    .addOption(
      new Option('--to <format>', 'form of the vectors')
        .choices(['hdf5', 'npy', 'safetensors'])
        .default('hdf5'),
    )
    .option('-o, --out <file>', 'file to write; beside the sentences unless given')
    .addOption(
      new Option('--state <rule>', 'state before a sentence: zero, or that after the one before in its row')
        .choices(['reset', 'carry'])
        .default('reset'),
    )
    .option('--batch <count>', 'sentences run together; 16 unless given', whole)
    .addHelpText(
      'after',
      examples(
        'elman pretrain elmo embed sentences.txt --model models/elmo --to hdf5',
        'elman pretrain elmo embed sentences.txt --model models/elmo --to safetensors --out vectors.safetensors',
      ),
    )
    .action(async (file: string, options: EmbedElmoOptions) => {
      const { embedElmo } = await import('./commands/pretrain/elmo-embed.ts')
      exit(await embedElmo(file, options, terminal()))
    })
}

function withBackend(command: Command): Command {
  return command
    .option('--backend <type>', 'what computes: onnxruntime or reference')
    .option('--threads <count>', 'threads inside one operation', whole)
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
}
