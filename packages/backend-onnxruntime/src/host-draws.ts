import {
  allocate,
  type Graph,
  interpret,
  isNode,
  type NdArray,
  type Node,
  producers,
  random,
  sizeOf,
  type Value,
} from '@elman/core'

/** Draws what the host part of a graph hands to the device, before each run. */
export interface HostDraws {
  /**
   * The random arrays for the inputs of the whole graph. Masks are written into the same storage each time: use them
   * before the next call.
   */
  draw(inputs: readonly NdArray[]): readonly NdArray[]
}

/**
 * Prepares a host part (see lowering/host-part.ts). Dropout masks, the large ones, are drawn straight into storage
 * that is kept; the rest, such as keys, goes through the interpreter.
 */
export function hostDraws(host: Graph | undefined): HostDraws {
  if (host === undefined) return { draw: () => [] }
  const made = producers(host)
  const masks = new Map<Value, Node<'bernoulliMask'>>()
  for (const value of host.outputs) {
    const node = made.get(value)
    if (isNode(node, 'bernoulliMask') && node.attributes.dtype === 'float32') masks.set(value, node)
  }
  const keys = [...masks.values()].map(node => node.inputs[0]!)
  const others = host.outputs.filter(value => !masks.has(value))
  const skipped = new Set<Node>(masks.values())
  const rest: Graph = {
    inputs: host.inputs,
    nodes: host.nodes.filter(node => !skipped.has(node)),
    outputs: [...others, ...keys],
  }
  const storage = new Map([...masks.keys()].map(value => [value, blank(value)]))
  return {
    draw(inputs) {
      const results = interpret(rest, inputs)
      const found = new Map(others.map((value, i) => [value, results[i]!]))
      ;[...masks].forEach(([value, node], i) => {
        fillMask(storage.get(value)!.data as Float32Array, results[others.length + i]!, node)
        found.set(value, storage.get(value)!)
      })
      return host.outputs.map(value => found.get(value)!)
    },
  }
}

function blank({ type: { dtype, shape } }: Value): NdArray {
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) }
}

/** One mask for each key (..., 2). */
function fillMask(
  data: Float32Array,
  keys: NdArray,
  { attributes: { keep, shape } }: Node<'bernoulliMask'>,
): void {
  const size = sizeOf(shape)
  for (let stream = 0; stream * 2 < keys.data.length; stream++) {
    const key: [number, number] = [Number(keys.data[2 * stream]), Number(keys.data[2 * stream + 1])]
    random.bernoulliMask(key, size, keep, data.subarray(stream * size, (stream + 1) * size))
  }
}
