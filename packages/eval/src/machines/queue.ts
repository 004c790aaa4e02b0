/** Deterministic queue machines that read a symbol a step. */
import type { Machine, Transducer } from '../languages/machine.ts'
import {
  type Configuration,
  controlMachine,
  controlTransducer,
  type Decider,
  invalid,
  type Memory,
  type Writer,
} from './control.ts'

/** A condition on the queue. */
export interface QueueTest {
  /** The symbol at the front; null where the queue is empty; anything unless given. */
  readonly front?: string | null
}

/** What a rule does to the queue: first dequeue, then enqueue. */
export interface QueueAction {
  /** Whether the front is taken; the rule does not apply to an empty queue. */
  readonly dequeue?: boolean
  /** Symbols put at the back, one after the other. */
  readonly enqueue?: readonly string[]
}

/** A queue, front first. */
export type Queue = readonly string[]

/** Description of a machine that sorts words by a queue. */
export interface QueueDescription extends Decider<QueueTest, QueueAction> {
  /**
   * Whether a word of the language can still be reached, which no method decides for all queue machines. Where each
   * rule keeps it within reach this is `() => true`. Without it the machine does not tell next symbols.
   */
  readonly alive?: (state: string, queue: Queue) => boolean
}

/**
 * The machine of a description.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`.
 */
export function queueMachine(description: QueueDescription): Machine<Configuration<Queue>> {
  checkFronts(description.rules)
  return controlMachine(queueMemory, description, description.alive)
}

/**
 * The transducer of a description: rules that read null run on after the input.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`.
 */
export function queueTransducer(description: Writer<QueueTest, QueueAction>): Transducer {
  checkFronts(description.rules)
  return controlTransducer(queueMemory, description)
}

const queueMemory: Memory<Queue, QueueTest, QueueAction> = {
  kind: 'queue',
  empty: [],
  holds: (test, queue) => applies(test, queue[0] ?? null),
  applies: (rule, queue) => applies(rule, queue[0] ?? null),
  overlap(first, second) {
    const fronts = [first.front, second.front].filter(front => front !== undefined)
    if (fronts.length === 0) return true
    return applies(first, fronts[0]!) && applies(second, fronts[0]!)
  },
  apply: ({ dequeue, enqueue = [] }, queue) => [...(dequeue ? queue.slice(1) : queue), ...enqueue],
  key: queue => queue.join(' '),
}

function applies({ front, dequeue }: QueueTest & QueueAction, actual: string | null): boolean {
  if (dequeue && actual === null) return false
  return front === undefined || front === actual
}

function checkFronts(rules: QueueDescription['rules']): void {
  const queued = new Set(rules.flatMap(rule => rule.enqueue ?? []))
  for (const [i, { front, dequeue }] of rules.entries()) {
    if (front === null && dequeue) throw invalid(`rule ${i + 1} takes from an empty queue`, 'a front', 'null')
    if (typeof front !== 'string' || queued.has(front)) continue
    throw invalid(
      `rule ${i + 1} waits for ${JSON.stringify(front)}, which no rule enqueues`,
      `a symbol that one does (${[...queued].join(' ')})`,
    )
  }
}
