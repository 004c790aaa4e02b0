/** Where published figures come from: each source once, by the name that rows use. */

/** What a source is called in a table, and where to find it. */
export interface Source {
  /** As tables print it: `Zaremba et al. 2014`. */
  readonly short: string
  readonly title: string
  /** arXiv number, proceedings or repository. */
  readonly where: string
}

/** Every source by its name. */
export const sources = {
  'bengio-2003': {
    short: 'Bengio et al. 2003',
    title: 'A Neural Probabilistic Language Model',
    where: 'JMLR 3, 1137-1155',
  },
  'mikolov-2011': {
    short: 'Mikolov et al. 2011',
    title: 'Empirical Evaluation and Combination of Advanced Language Modeling Techniques',
    where: 'Interspeech 2011',
  },
  'mikolov-zweig-2012': {
    short: 'Mikolov & Zweig 2012',
    title: 'Context Dependent Recurrent Neural Network Language Model',
    where: 'SLT 2012',
  },
  'zaremba-2014': {
    short: 'Zaremba et al. 2014',
    title: 'Recurrent Neural Network Regularization',
    where: 'arXiv:1409.2329',
  },
  'gal-2016': {
    short: 'Gal & Ghahramani 2016',
    title: 'A Theoretically Grounded Application of Dropout in Recurrent Neural Networks',
    where: 'arXiv:1512.05287',
  },
  'gal-code-2017': {
    short: 'Gal 2017 (code)',
    title: 'BayesianRNN, LM_code/main_new_dropout_SOTA_v3.lua after the fix of the word masks',
    where: 'github.com/yaringal/BayesianRNN',
  },
  'press-2017': {
    short: 'Press & Wolf 2017',
    title: 'Using the Output Embedding to Improve Language Models',
    where: 'arXiv:1608.05859',
  },
  'inan-2017': {
    short: 'Inan et al. 2017',
    title: 'Tying Word Vectors and Word Classifiers: A Loss Framework for Language Modeling',
    where: 'arXiv:1611.01462',
  },
  'grave-2017': {
    short: 'Grave et al. 2017',
    title: 'Improving Neural Language Models with a Continuous Cache',
    where: 'arXiv:1612.04426',
  },
  'merity-2018': {
    short: 'Merity et al. 2018',
    title: 'Regularizing and Optimizing LSTM Language Models',
    where: 'arXiv:1708.02182',
  },
  'awd-readme': {
    short: 'awd-lstm-lm README',
    title: 'awd-lstm-lm, instructions for Penn Treebank',
    where: 'github.com/salesforce/awd-lstm-lm',
  },
  'melis-2018': {
    short: 'Melis et al. 2018',
    title: 'On the State of the Art of Evaluation in Neural Language Models',
    where: 'arXiv:1707.05589',
  },
  'yang-2018': {
    short: 'Yang et al. 2018',
    title: 'Breaking the Softmax Bottleneck: A High-Rank RNN Language Model',
    where: 'arXiv:1711.03953',
  },
  'krause-2018': {
    short: 'Krause et al. 2018',
    title: 'Dynamic Evaluation of Neural Sequence Models',
    where: 'arXiv:1709.07432',
  },
  'dai-2019': {
    short: 'Dai et al. 2019',
    title: 'Transformer-XL: Attentive Language Models beyond a Fixed-Length Context',
    where: 'arXiv:1901.02860',
  },
  'peters-2018': {
    short: 'Peters et al. 2018',
    title: 'Deep Contextualized Word Representations',
    where: 'arXiv:1802.05365',
  },
  'radford-2019': {
    short: 'Radford et al. 2019',
    title: 'Language Models are Unsupervised Multitask Learners',
    where: 'OpenAI 2019',
  },
  'brown-2020': {
    short: 'Brown et al. 2020',
    title: 'Language Models are Few-Shot Learners, Table 3.1',
    where: 'arXiv:2005.14165',
  },
  'wang-2019': {
    short: 'Wang et al. 2019',
    title: 'Language Models with Transformers (BERT-Large-CAS)',
    where: 'arXiv:1904.09408',
  },
} as const satisfies Readonly<Record<string, Source>>

/** Name of a source. */
export type SourceName = keyof typeof sources
