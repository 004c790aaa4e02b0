/** The commands under `elman embed`. As in program.ts, each action imports its command only when it runs. */
import type { Command } from 'commander'
import type { EmbedTrainOptions } from './commands/embed/train.ts'
import { decimal, examples, whole } from './options.ts'
import type { Terminal } from './terminal.ts'

const VECTORS = 'a file of vectors in any known format, or the folder of an embedding run'

/** Adds `embed` and its commands to the program. */
export function addEmbedCommands(
  program: Command,
  terminal: () => Terminal,
  exit: (code: number) => void,
): void {
  const embed = program.command('embed').description('word vectors: train, ask, evaluate, map, convert')
  addTraining(embed, terminal, exit)
  addQueries(embed, terminal)
  addExperiments(embed, terminal)
}

function addTraining(embed: Command, terminal: () => Terminal, exit: (code: number) => void): void {
  embed
    .command('train')
    .description('make word vectors of text files, plain or gzip')
    .argument('[file...]', 'text files, read as one text; a line is a sentence')
    .option(
      '-m, --method <name>',
      'word2vec, fasttext, glove, ppmi-svd, or that of a plugin; word2vec unless given',
    )
    .option('--dataset <name>', 'the training text of a dataset, such as wiki-sample')
    .option('--lowercase', 'turn letters into lower case')
    .option('--words-only', 'drop tokens without a letter or digit')
    .option('--minimum-count <count>', 'rarer words get no vector; 5 unless given', whole)
    .option('--phrases <file>', 'join the words of the phrases that `elman embed phrases` found')
    .option('--dimensions <count>', 'numbers in a vector; 100 unless given', whole)
    .option('--window <count>', 'neighbours on each side', whole)
    .option('--epochs <count>', 'passes over the text', whole)
    .option('--workers <count>', 'threads; 1 unless given', whole)
    .option('--seed <integer>', '1 unless given', whole)
    .option('--from <run>', 'go on from the model of a run with this text; new words are added')
    .option('-s, --set <path=value...>', 'change the config, such as embedding.negative=10')
    .option('-n, --name <name>', "the run's name; made from method and time unless given")
    .option('-d, --directory <folder>', 'folder of all runs', 'embeddings')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText(
      'after',
      examples(
        'elman embed train corpus.txt --lowercase --workers 2',
        'elman embed train corpus.txt.gz --method fasttext --set embedding.buckets=200000',
        'elman embed train --dataset wiki-sample --method ppmi-svd --lowercase --words-only',
        'elman embed train more.txt --from embeddings/first --epochs 2',
      ),
    )
    .action(async (files: string[], options: EmbedTrainOptions) => {
      const { embedTrain } = await import('./commands/embed/train.ts')
      exit(await embedTrain(files, options, terminal()))
    })
  embed
    .command('resume')
    .description('go on with a training that was stopped')
    .argument('<run>', 'folder of the embedding run')
    .option('--plugin <spec...>', 'plugins to load as well: packages or paths')
    .addHelpText('after', examples('elman embed resume embeddings/first'))
    .action(async (run: string, options: { plugin?: string[] }) => {
      const { embedResume } = await import('./commands/embed/train.ts')
      exit(await embedResume(run, options, terminal()))
    })
  embed
    .command('phrases')
    .description('find word pairs that belong together, such as new york (word2phrase)')
    .argument('<file...>', 'text files')
    .requiredOption('-o, --out <file>', 'file of phrases to write')
    .option('--lowercase', 'turn letters into lower case')
    .option('--minimum-count <count>', 'rarer words and pairs make no phrase; 5 unless given', whole)
    .option('--threshold <score>', 'pairs that score less make no phrase; 100 unless given', decimal)
    .option('--passes <count>', 'more passes find longer phrases; 1 unless given', whole)
    .option('--text <file>', 'write the text with its phrases joined, too')
    .addHelpText(
      'after',
      examples(
        'elman embed phrases corpus.txt --out phrases.json',
        'elman embed train corpus.txt --phrases phrases.json',
      ),
    )
    .action(async (files: string[], options) => {
      const { embedPhrases } = await import('./commands/embed/phrases.ts')
      await embedPhrases(files, options, terminal())
    })
}

function addQueries(embed: Command, terminal: () => Terminal): void {
  embed
    .command('neighbours')
    .alias('neighbors')
    .description('the words nearest to a word, or to a sum of words')
    .argument('<vectors>', VECTORS)
    .argument('<word...>', 'words; those after a lone "-" are taken away: king woman - man')
    .option('-k, --top <count>', 'how many; 10 unless given', whole)
    .option('--restrict <count>', 'only among so many words, the first of the file', whole)
    .option('--approximate', 'search by an index (usearch), and tell its recall')
    .addHelpText(
      'after',
      examples(
        'elman embed neighbours embeddings/first king',
        'elman embed neighbours v.txt king woman - man',
      ),
    )
    .action(async (vectors: string, words: string[], options) => {
      const { embedNeighbours } = await import('./commands/embed/neighbours.ts')
      await embedNeighbours(vectors, words, options, terminal())
    })
  embed
    .command('analogy')
    .description('a is to b as c is to …')
    .argument('<vectors>', VECTORS)
    .argument('<a>')
    .argument('<b>')
    .argument('<c>')
    .option('-k, --top <count>', 'how many answers; 5 unless given', whole)
    .option('--method <name>', '3CosAdd or 3CosMul', '3CosAdd')
    .addHelpText('after', examples('elman embed analogy v.bin man king woman --method 3CosMul'))
    .action(async (vectors: string, a: string, b: string, c: string, options) => {
      const { embedAnalogy } = await import('./commands/embed/analogy.ts')
      await embedAnalogy(vectors, { a, b, c }, options, terminal())
    })
  embed
    .command('odd-one-out')
    .description('the word that does not go with the others')
    .argument('<vectors>', VECTORS)
    .argument('<word...>', 'three words or more')
    .addHelpText('after', examples('elman embed odd-one-out v.txt breakfast lunch dinner car'))
    .action(async (vectors: string, words: string[]) => {
      const { embedOddOneOut } = await import('./commands/embed/odd-one-out.ts')
      await embedOddOneOut(vectors, words, terminal())
    })
  embed
    .command('convert')
    .description('write vectors in another format')
    .argument('<vectors>', VECTORS)
    .argument('<out>', 'file to write; a folder for the TensorBoard projector')
    .requiredOption('--to <format>', FORMATS)
    .option('--from <format>', 'format of the input, where its content does not tell')
    .option('--limit <count>', 'only so many words, the first of the file', whole)
    .addHelpText(
      'after',
      examples(
        'elman embed convert glove.6B.100d.txt glove.safetensors --to safetensors',
        'elman embed convert embeddings/first projector --to projector --limit 10000',
      ),
    )
    .action(async (vectors: string, out: string, options) => {
      const { embedConvert } = await import('./commands/embed/convert.ts')
      await embedConvert(vectors, out, options, terminal())
    })
}

const FORMATS =
  'word2vec-text, word2vec-binary, glove, fasttext-vec, fasttext-bin, npy, safetensors or projector'

function addExperiments(embed: Command, terminal: () => Terminal): void {
  embed
    .command('evaluate')
    .description('score vectors on word similarity and analogy sets')
    .argument('<vectors...>', VECTORS)
    .option('--sets <folder>', 'folder with word-sim/ and analogy/')
    .option('--unknown <policy>', 'pairs with unknown words: skip, zero, mean-vector or subword', 'skip')
    .option('--restrict <count>', 'only so many words, the first of the file', whole)
    .option('--case-sensitive', 'do not match words across upper and lower case')
    .option('--intervals', 'estimate an interval of each coefficient by drawing pairs again')
    .addHelpText(
      'after',
      examples(
        'elman embed evaluate embeddings/first --sets data/embeddings',
        'elman embed evaluate a.txt b.txt --sets data/embeddings   compare on the pairs that both know',
      ),
    )
    .action(async (vectors: string[], options) => {
      const { embedEvaluate } = await import('./commands/embed/evaluate.ts')
      await embedEvaluate(vectors, options, terminal())
    })
  embed
    .command('map')
    .description('draw words on an interactive page')
    .argument('<vectors>', VECTORS)
    .option('-o, --out <file>', 'HTML file to write', 'map.html')
    .option('--top <count>', 'the so many first words of the file; 2000 unless given', whole)
    .option('--words <word...>', 'these words instead')
    .option('--method <name>', 'umap or pca', 'umap')
    .option('--seed <integer>', 'the same seed draws the same map', whole)
    .addHelpText('after', examples('elman embed map embeddings/first --top 3000 --out map.html'))
    .action(async (vectors: string, options) => {
      const { embedMap } = await import('./commands/embed/map.ts')
      await embedMap(vectors, options, terminal())
    })
  embed
    .command('hypothesis')
    .description('the distributional hypothesis: do words of similar contexts get similar vectors?')
    .argument('<vectors>', VECTORS)
    .argument('<file...>', 'the text that they were trained on')
    .option('-o, --out <folder>', 'folder for report.html, report.json and pairs.tsv', 'hypothesis')
    .option('--pairs <file>', 'word pairs, tab-separated, in place of random ones')
    .option('--lowercase', 'turn letters into lower case')
    .option('--words-only', 'drop tokens without a letter or digit')
    .option('--window <count>', 'neighbours on each side; 5 unless given', whole)
    .option('--count <count>', 'word pairs; 3000 unless given', whole)
    .option('--seed <integer>', '1 unless given', whole)
    .addHelpText('after', examples('elman embed hypothesis embeddings/first corpus.txt --lowercase'))
    .action(async (vectors: string, files: string[], options) => {
      const { embedHypothesis } = await import('./commands/embed/hypothesis.ts')
      await embedHypothesis(vectors, files, options, terminal())
    })
}
