/** The binary tree of hierarchical softmax (Morin & Bengio 2005; by frequency: Mikolov et al. 2013). */

/** A path from the root for each word: `steps[offsets[w] … offsets[w + 1])`, each inner node × 2 + the bit taken there. */
export interface HuffmanPaths {
  readonly offsets: Uint32Array
  readonly steps: Uint32Array
  /** Steps of the longest path. */
  readonly longest: number
}

/**
 * Huffman's tree by two pointers, one walking words from the rarest and one inner nodes as they were made. Ties: of two
 * words the later index is the rarer; an inner node goes before a word of the same count (word2vec's rule). Of the two
 * joined, the first gets bit 0. Inner nodes are numbered from the root down, so node 0 is on every path.
 */
export function huffmanPaths(counts: Float64Array): HuffmanPaths {
  const words = counts.length
  const nodes = words - 1
  // Leaves 0 … words − 1 by rank, rarest first; then inner nodes in the order they are made.
  const order = Uint32Array.from(counts.keys()).sort((a, b) => counts[a]! - counts[b]! || b - a)
  const weight = new Float64Array(words + Math.max(0, nodes))
  for (let rank = 0; rank < words; rank++) weight[rank] = counts[order[rank]!]!
  const parent = new Uint32Array(weight.length)
  const bit = new Uint8Array(weight.length)
  let leaf = 0
  let inner = words
  for (let made = words; made < weight.length; made++) {
    const take = () => (leaf < words && (inner >= made || weight[leaf]! < weight[inner]!) ? leaf++ : inner++)
    const first = take()
    const second = take()
    weight[made] = weight[first]! + weight[second]!
    parent[first] = parent[second] = made
    bit[second] = 1
  }
  return pathsOf(order, parent, bit)
}

function pathsOf(order: Uint32Array, parent: Uint32Array, bit: Uint8Array): HuffmanPaths {
  const words = order.length
  const root = parent.length - 1
  const depth = new Uint32Array(parent.length)
  for (let node = root - 1; node >= 0; node--) depth[node] = depth[parent[node]!]! + 1
  const offsets = new Uint32Array(words + 1)
  for (let rank = 0; rank < words; rank++) offsets[order[rank]! + 1] = depth[rank]!
  let longest = 0
  for (let word = 0; word < words; word++) {
    longest = Math.max(longest, offsets[word + 1]!)
    offsets[word + 1] = offsets[word + 1]! + offsets[word]!
  }
  const steps = new Uint32Array(offsets[words]!)
  for (let rank = 0; rank < words; rank++) {
    let at = offsets[order[rank]! + 1]!
    for (let node = rank; node !== root; node = parent[node]!) {
      steps[--at] = (root - parent[node]!) * 2 + bit[node]!
    }
  }
  return { offsets, steps, longest }
}
