/** The protocol of Delétang et al. (ICLR 2023), whole: what was swept, which run is printed, what was not released. */
import { defineComponent } from '@elman/core'
import { z } from 'zod'
import type { SizeResult } from '../../probe/record.ts'
import {
  type Difference,
  type OriginalOption,
  PROTOCOL,
  type Protocol,
  type ProtocolModel,
} from '../protocol.ts'
import { DELETANG_TEST_LENGTHS, deletangScore } from './score.ts'
import { deletangTasks } from './tasks.ts'

/** Networks of the table, with what their released code does otherwise than their names say. */
export const DELETANG_MODELS: readonly ProtocolModel[] = [
  {
    name: 'rnn',
    title: 'RNN',
    learner: { type: 'recurrent', cell: { type: 'elman-relu', hidden: 256 } },
    notes: [
      'ReLU, not tanh, with two biases: it can count where a tanh Elman net cannot',
      'a ReLU before the readout',
    ],
  },
  {
    name: 'stack-rnn',
    title: 'Stack-RNN',
    learner: { type: 'recurrent', cell: { type: 'stack-rnn', hidden: 256 } },
    notes: [
      'cells of 8 numbers, pushed without squashing; push, pop, no operation',
      'a stack of 128 in training, made larger by hand for tests; the code says 30, below the training length',
      'with several stacks one softmax over the actions of all of them together',
    ],
  },
  {
    name: 'tape-rnn',
    title: 'Tape-RNN',
    learner: { type: 'recurrent', cell: { type: 'tape-rnn', hidden: 256 } },
    notes: [
      'a circular tape of 256 cells of 8 numbers (40 in the example: it wraps at training lengths); ours ends',
      'every action writes; in the paper jumps do not',
      'swept over 0, l or 2 l steps between input and output, and 1 or 4 tapes',
    ],
  },
  {
    name: 'transformer',
    title: 'Transformer',
    notes: [
      'an encoder: 5 blocks, width 64, 8 heads, inner width 256, ReLU, dropout 0.1, looking both ways',
      'best of 5 encodings of positions: none, sine and cosine, rotary, ALiBi, relative',
    ],
  },
  {
    name: 'lstm',
    title: 'LSTM',
    learner: { type: 'recurrent', cell: { type: 'lstm', hidden: 256, forgetBias: 1 } },
    notes: [],
  },
]

/** Where paper, released code and this preset differ, besides the differences of single tasks. */
export const DELETANG_DIFFERENCES: readonly Difference[] = [
  {
    what: 'lengths of the score',
    original: '42 to 500: an index is off by one',
    here: '41 to 500, as in the paper',
    switchable: true,
  },
  {
    what: 'steps that the loss counts',
    original: 'every output step, filling too',
    here: 'the steps that the score counts',
    switchable: true,
  },
  {
    what: 'steps of training',
    original: 'one more than the number asked for',
    here: 'that number',
    switchable: false,
  },
  {
    what: 'rate of a run',
    original: 'constant',
    here: 'constant for the first half of the steps, then falling to 0',
    switchable: false,
  },
  {
    what: 'runs of the maximum',
    original: 'of 10 seeds, 3 rates and all variants of a network',
    here: 'of the seeds of one rate and one network; median and worst beside it',
    switchable: false,
  },
  {
    what: 'strings of one length in the score',
    original: 'mean over strings of each string’s share of right tokens',
    here: 'right tokens of all tokens; the same where all outputs have one length',
    switchable: false,
  },
  {
    what: 'tape',
    original: 'circular: a net can learn to count on the wrap at its training lengths',
    here: 'a tape with two ends',
    switchable: false,
  },
]

/** The preset; `original` brings back the released code's tasks, lengths of the score and loss. */
export function deletangProtocol({ original = false }: OriginalOption = {}): Protocol {
  return {
    id: `deletang${original ? '-original' : ''}`,
    title: 'Neural Networks and the Chomsky Hierarchy: 15 transduction tasks',
    source: 'Delétang et al., ICLR 2023 (arXiv 2207.02098), and its released code as of April 2024',
    original,
    view: 'transduce',
    languages: deletangTasks({ original }),
    trainLengths: { from: 1, to: 40 },
    splits: [{ name: 'test', perLength: 512, lengths: DELETANG_TEST_LENGTHS, heldOut: false }],
    training: {
      optimizer: 'adam',
      learningRates: [1e-4, 3e-4, 5e-4],
      clip: 1,
      batch: { strings: 128 },
      budget: { steps: 1_000_000 },
      lengths: 'one length a batch, uniform on 1 to 40',
      loss: original ? 'every-output-step' : 'scored-steps',
      notes: [
        'as many blanks as the output is long are fed after the input',
        'no regularisation but dropout 0.1 in the Transformer; the NDStack-RNN had batches of 16',
        'the released example has 10,000 steps, rate 1e-3 and tests to length 100',
        'one run of a net of 256 units on Reverse String is about 2 PFLOP',
      ],
    },
    models: DELETANG_MODELS,
    seeds: 10,
    selection: {
      over: ['seed', 'learning rate', 'encoding of positions', 'tapes and steps between'],
      report: 'maximum',
      chosenBy: 'test-score',
      note: 'the best run by the printed score itself; means and deviations are in an appendix',
    },
    scores: [
      {
        id: 'token-accuracy',
        title: `mean share of right tokens over the lengths ${original ? 42 : 41} to 500`,
        of: (sizes: readonly SizeResult[]) => deletangScore(sizes, { original }).score,
      },
      {
        id: 'exact',
        title: 'mean share of strings that are right as a whole (not published)',
        of: (sizes: readonly SizeResult[]) => deletangScore(sizes, { original }).exact,
      },
    ],
    gates: [],
    differences: DELETANG_DIFFERENCES,
  }
}

/** Registry entry `deletang`. */
export const deletangComponent = defineComponent(PROTOCOL, {
  type: 'deletang',
  summary: '15 transduction tasks of Delétang et al. (2023), scored over the lengths 41 to 500',
  config: z.strictObject({ original: z.boolean().default(false) }),
  create: config => deletangProtocol(config),
})
