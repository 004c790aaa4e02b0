/**
 * The seven-row table that this ladder began with, row by row: what was claimed, what the number really is, and what
 * the named model really reached on Penn Treebank. Perplexity per word of the test split.
 */
import type { SourceName } from './sources.ts'

/** A row of the table as it was claimed, and what became of it when its sources were read. */
export interface AuditedClaim {
  /** As claimed. */
  readonly row: string
  /** As claimed. */
  readonly claimed: string
  readonly verdict:
    | 'right'
    | 'right number, wrong label'
    | 'roughly right, wrong year'
    | 'another corpus'
    | 'another task'
  /** What the number really is. */
  readonly reallyIs: string
  /** What the named model reached on Penn Treebank. */
  readonly reallyGot: string
  readonly sources: readonly SourceName[]
  /** Rows of the ladder that measure it. */
  readonly measuredBy: readonly string[]
}

/** The seven rows. */
export const audit: readonly AuditedClaim[] = [
  {
    row: '5-gram + Kneser-Ney (2000)',
    claimed: '~140',
    verdict: 'right number, wrong label',
    reallyIs:
      '141.2, modified Kneser-Ney of order 5, measured by Mikolov et al. in 2011. The method is of 1995-1999, this split of 2010: there is no result of 2000',
    reallyGot: '141.2',
    sources: ['mikolov-2011', 'inan-2017'],
    measuredBy: ['kn5'],
  },
  {
    row: 'Feed-forward (Bengio 2003)',
    claimed: '~110',
    verdict: 'another corpus',
    reallyIs:
      '109 on AP News (14 M words), mixed with an interpolated trigram, against 117 of the best 5-gram there; Brown has 252 mixed, 268 alone',
    reallyGot:
      '140.2 alone, 116.7 with KN5, 106.6 with KN5 and cache, for a network of this kind (from memory)',
    sources: ['bengio-2003', 'mikolov-2011'],
    measuredBy: ['feed-forward', 'feed-forward-direct', 'feed-forward-kn3', 'feed-forward-kn5'],
  },
  {
    row: 'RNN-LM (2010)',
    claimed: '~120',
    verdict: 'roughly right, wrong year',
    reallyIs:
      '124.7, and 123.2 with dynamic evaluation, published in 2011-12; the paper of 2010 reports other corpora',
    reallyGot: '124.7',
    sources: ['mikolov-2011', 'mikolov-zweig-2012', 'inan-2017'],
    measuredBy: ['rnn', 'rnn-dynamic'],
  },
  {
    row: 'LSTM-LM (2012)',
    claimed: '~78',
    verdict: 'right number, wrong label',
    reallyIs: '78.4 (82.2 valid): the large LSTM of Zaremba et al. 2014 with dropout 0.65',
    reallyGot:
      '114.5 without dropout (2 × 200); Sundermeyer et al. 2012 did not use this split (from memory)',
    sources: ['zaremba-2014', 'press-2017'],
    measuredBy: ['lstm-small', 'lstm-large'],
  },
  {
    row: 'LSTM + dropout (2016)',
    claimed: '~73',
    verdict: 'right',
    reallyIs:
      '73.4: the large variational LSTM with separate masks for the gates, 1,000 stochastic passes averaged. Plain dropout is the 78.4 of the row above',
    reallyGot: '73.4 (75.2 in one pass without noise); with tied word vectors 73.2',
    sources: ['gal-2016', 'press-2017'],
    measuredBy: ['variational-large', 'variational-large-mc', 'tied-large'],
  },
  {
    row: 'ELMo (2018)',
    claimed: '~60',
    verdict: 'another task',
    reallyIs:
      'no perplexity of ELMo on Penn Treebank is known: it reads both ways, and its paper reports 39.7, the mean of both directions on 1 B Word. About 60 is Melis et al. 2018 (58.3) or AWD-LSTM (57.3)',
    reallyGot: 'not applicable: it is no left-to-right model of this corpus',
    sources: ['peters-2018', 'melis-2018', 'merity-2018'],
    measuredBy: ['melis-10m', 'awd-lstm'],
  },
  {
    row: 'Transformer (2018+)',
    claimed: '~20-30',
    verdict: 'another task',
    reallyIs:
      'GPT-3, 175 B parameters, without training on this corpus: 20.5; GPT-2, 1.5 B: 35.8; BERT-Large-CAS: 31.3. All were trained on other data, and score de-tokenised text in pieces of words',
    reallyGot: '54.5: Transformer-XL, 24 M parameters, trained on Penn Treebank alone',
    sources: ['brown-2020', 'radford-2019', 'wang-2019', 'dai-2019'],
    measuredBy: ['transformer', 'transformer-xl'],
  },
]
