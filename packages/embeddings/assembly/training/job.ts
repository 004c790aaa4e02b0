// What one worker is told, and where it counts. The host writes it (src/kernels/training/job.ts lists the same fields in
// the same order) and keeps it in checkpoints; the module itself has no data.

/** All addresses are bytes; "list" is room of the worker's own. */
@unmanaged
export class Job {
  /** State of the generator: x ← 25214903917 x + 11 mod 2^64. */
  random: u64
  /** Pairs trained (CBOW: centres). */
  pairs: f64
  /** Sum of −log likelihood over them. */
  loss: f64
  /** Words that were left by subsampling. */
  words: f64
  /** Centre words since this worker last met the others. */
  sinceMeeting: u32
  /** Ids given by the host, −1 after each sentence. */
  ids: usize
  /** List: the sentence, after subsampling. */
  sentence: usize
  /** List: addresses of output rows, and +1 or −1 for each. */
  targets: usize
  signs: usize
  /** List: words drawn for all pairs of a window. */
  negatives: usize
  /** List: addresses of the input rows that make the hidden row, and of those to be changed. */
  sources: usize
  changes: usize
  /** How far these two lists are filled. */
  sourcesEnd: usize
  changesEnd: usize
  /** Rows of the worker's own. */
  hidden: usize
  before: usize
  change: usize
  error: usize
  discard: usize
  /** uint32 a word: it is kept when a draw is below; 2^32 − 1 keeps it without a draw. */
  keep: usize
  /** Alias tables, one for each part of the words; uint32 × 2 a slot: the coin's threshold, the word on its other side. */
  alias: usize
  /** Bytes from one part's table to the next. */
  aliasStride: usize
  /** The part that negatives come from now, its table and number of slots; `ownWord` tells the word of a slot. */
  part: u32
  partTable: usize
  partSlots: u32
  /** Address of the parts' numbers of slots, uint32 each. */
  partSizes: usize
  /** Parts that take turns; 1 with one worker. */
  parts: u32
  /** Address of what all workers together have done (centre words, uint32), and after how many of them parts change. */
  progress: usize
  turn: u32
  /** float32 × 2 a bin of z: 1 − σ(z), −log σ(z). */
  sigmoid: usize
  /** Huffman paths: uint32 offsets, then uint32 (output row × 2 + bit). */
  pathOffsets: usize
  paths: usize
  /** Rows of a word: uint32 offsets, then uint32 rows. */
  subwordOffsets: usize
  subwordRows: usize
  /** The matrices, and the worker's copies of their first rows: the one trained, the one as last exchanged. */
  input: usize
  output: usize
  hotInput: usize
  hotOutput: usize
  baseInput: usize
  baseOutput: usize
  /** float32 a row: what part of a worker's change counts when changes are added up after a round. */
  inputShares: usize
  outputShares: usize
  /** Rows that have a copy; 0 with one worker. */
  hotInputRows: u32
  hotOutputRows: u32
  /** Centre words between meetings. */
  interval: u32
  worker: u32
  workers: u32
  /** Input rows below are not changed. */
  frozenRows: u32
  /** Bytes of a row. */
  stride: usize
  vocabulary: u32
  window: u32
  negative: u32
  /** 0 or 1 each. */
  shrinkWindow: u32
  cbow: u32
  cbowMean: u32
  hierarchical: u32
  predictsContext: u32
  sharedNegatives: u32
  subwords: u32
}
