/** The commands under `elman probe`. As in program.ts, each imports its work when it runs. */
import { type Command, Option } from 'commander'
import type { ProbeLayersOptions } from './commands/layer-probes/probe-layers.ts'
import { examples, whole } from './options.ts'
import type { Terminal } from './terminal.ts'

/** Adds `probe` with its commands. */
export function addProbeCommands(
  program: Command,
  terminal: () => Terminal,
  exit: (code: number) => void,
): void {
  const probe = program.command('probe').description('what the vectors inside of a model know')
  probe
    .command('layers')
    .description('parts of speech and word senses out of each layer of an encoder, and of their learned mix')
    .argument(
      '<model>',
      'ELMo (run, artefact, or folder with options.json), run of a recurrent language model, or word vectors',
    )
    .option('--pos <folder>', 'treebank: files that end in train.conllu, dev.conllu and test.conllu')
    .option('--senses <path>', 'JSON lines of id, lemma, sense, head and text; or a folder with such a file')
    .option('-o, --out <folder>', 'folder of the results; probes/MODEL unless given')
    .addOption(
      new Option('--tags <set>', "universal tags, or the treebank's own")
        .choices(['upos', 'xpos'])
        .default('upos'),
    )
    .option('--words <count>', 'words of the treebank to train on, whole sentences; 0 for all', whole, 50_000)
    .option('--context <count>', 'most words of an instance of a sense that are read', whole, 60)
    .option('--seeds <count>', 'control tasks, and splits of the senses', whole, 3)
    .option('--steps <count>', 'most iterations of a linear probe; 500 unless given', whole)
    .option('--batch <count>', 'sentences run together; 16 unless given', whole)
    .option('--no-control', 'leave out the same encoder with untrained weights')
    .option('--backend <type>', 'what computes: onnxruntime or reference')
    .option('--threads <count>', 'threads inside one operation', whole)
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText(
      'after',
      examples(
        'elman probe layers pipeline/artefacts/elmo --pos treebank --senses senses.jsonl',
        'elman probe layers runs/lstm --pos treebank --words 20000 --out probes/lstm',
        'elman probe layers vectors.txt --pos treebank            the baseline without context',
        'elman probe layers pipeline/artefacts/elmo --pos treebank --senses senses.jsonl    again after a stop: it goes on',
      ),
    )
    .action(async (model: string, options: ProbeLayersOptions) => {
      const { probeLayers } = await import('./commands/layer-probes/probe-layers.ts')
      exit(await probeLayers(model, options, terminal()))
    })
}
