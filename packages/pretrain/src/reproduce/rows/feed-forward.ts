/** Bengio's feed-forward network, alone and mixed with n-grams: its published 109 is of AP News, not of this text. */
import { bengioBrown } from '../../feed-forward/presets.ts'
import { withValues } from '../change-config.ts'
import type { Row, RowExperiment } from '../row.ts'

function trained(name: string, title: string, experiment: RowExperiment, notes: readonly string[]): Row {
  return {
    ...{ name, family: 'feed-forward', title, adaptive: false },
    published: [
      {
        ...{ test: 140.2, source: 'mikolov-2011', evidence: 'memory' },
        note: 'a network of this kind with 4 words of context; its sizes are not those of 2003',
      },
    ],
    work: {
      kind: 'experiment',
      experiment,
      reduction: { minimumEpochs: 5, widths: ['model.hidden', 'model.embedding'], multipleOf: 5 },
    },
    notes,
  }
}

function mixed(name: string, title: string, other: string, row: Partial<Row> = {}): Row {
  return {
    ...{ name, family: 'feed-forward', title, adaptive: false, published: [] },
    work: {
      kind: 'mixture',
      parts: [
        { row: 'feed-forward', weight: 0.5 },
        { row: other, weight: 0.5 },
      ],
    },
    ...row,
  }
}

const STEPS =
  'the paper takes one example an update, at a rate that falls; here an update is the mean over a window'

/** The network without and with direct connections, and its mixtures. */
export const feedForwardRows: readonly Row[] = [
  trained('feed-forward', 'feed-forward, 4 words, m 30, h 100', bengioBrown, [STEPS]),
  trained(
    'feed-forward-direct',
    'feed-forward with direct connections, 4 words, m 30, h 100',
    withValues<RowExperiment>(bengioBrown, { 'model.direct': true }),
    [STEPS],
  ),
  mixed('feed-forward-kn3', 'feed-forward mixed half and half with the trigram', 'kn3', {
    notes: [
      'the mixture of Bengio et al. 2003, whose trigram is an interpolated one: theirs has 109 on AP News',
    ],
  }),
  mixed('feed-forward-kn5', 'feed-forward mixed half and half with KN5', 'kn5', {
    published: [{ test: 116.7, source: 'mikolov-2011', evidence: 'memory' }],
  }),
]
