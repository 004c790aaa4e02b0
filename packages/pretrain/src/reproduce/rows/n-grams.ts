/** Count-based models: what every network has to beat. */
import type { NgramModel, Published, Row } from '../row.ts'

function counted(name: string, title: string, model: NgramModel, published: Published): Row {
  return {
    name,
    family: 'n-grams',
    title,
    published: [published],
    work: { kind: 'n-gram', model },
    adaptive: false,
  }
}

/** Kneser-Ney, Katz, and Kneser-Ney with a cache. */
export const ngramRows: readonly Row[] = [
  {
    ...counted(
      'kn3',
      'trigram, interpolated modified Kneser-Ney',
      { type: 'kneser-ney', order: 3 },
      {
        test: 148.3,
        source: 'mikolov-2011',
        evidence: 'memory',
      },
    ),
  },
  {
    ...counted(
      'kn5',
      '5-gram, interpolated modified Kneser-Ney',
      { type: 'kneser-ney', order: 5 },
      {
        test: 141.2,
        parameters: 2_000_000,
        source: 'mikolov-2011',
        evidence: 'quoted',
        note: 'quoted in Inan et al. 2017, Table 2',
      },
    ),
  },
  {
    ...counted(
      'katz5',
      '5-gram, Katz back-off with Good-Turing discounts',
      { type: 'katz', order: 5 },
      {
        test: 162.3,
        source: 'mikolov-2011',
        evidence: 'memory',
      },
    ),
    notes: ['the published model (GT5) has the cut-offs of its toolkit, which are not known for certain'],
  },
  {
    name: 'kn5-cache',
    family: 'n-grams',
    title: 'KN5 with a unigram cache that decays',
    published: [
      {
        ...{ test: 125.7, parameters: 2_000_000, source: 'mikolov-2011', evidence: 'quoted' },
        note: 'quoted in Inan et al. 2017, Table 2; its cache is not described there',
      },
    ],
    work: {
      kind: 'mixture',
      parts: [
        { row: 'kn5', weight: 0.9 },
        { cache: { decay: 0.99 }, weight: 0.1 },
      ],
    },
    adaptive: true,
  },
]
