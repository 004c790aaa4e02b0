/** A binary heap of numbered entries with two keys: the entry with the least first key, then the least second, first. */
export interface PairHeap {
  readonly size: number
  push(first: number, second: number): void
  /** Takes the least entry away and gives its keys. */
  pop(): readonly [first: number, second: number]
}

/** An empty heap. */
export function createPairHeap(): PairHeap {
  const firsts: number[] = []
  const seconds: number[] = []
  const less = (a: number, b: number): boolean =>
    firsts[a]! < firsts[b]! || (firsts[a] === firsts[b] && seconds[a]! < seconds[b]!)
  const swap = (a: number, b: number): void => {
    const first = firsts[a]!
    const second = seconds[a]!
    firsts[a] = firsts[b]!
    seconds[a] = seconds[b]!
    firsts[b] = first
    seconds[b] = second
  }
  return {
    get size() {
      return firsts.length
    },
    push(first, second) {
      firsts.push(first)
      seconds.push(second)
      for (let at = firsts.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1
        if (!less(at, parent)) break
        swap(at, parent)
        at = parent
      }
    },
    pop() {
      const top = [firsts[0]!, seconds[0]!] as const
      swap(0, firsts.length - 1)
      firsts.pop()
      seconds.pop()
      for (let at = 0; ; ) {
        const left = 2 * at + 1
        if (left >= firsts.length) break
        const child = left + 1 < firsts.length && less(left + 1, left) ? left + 1 : left
        if (!less(child, at)) break
        swap(child, at)
        at = child
      }
      return top
    },
  }
}
