/**
 * Queue-RNN: a controller with a differentiable queue of cells Q, the head first, and a soft pointer to its tail. The
 * pointer is kept as a thermometer: o[i] is how much of the queue is longer than i, so that zeros are the empty queue
 * and e[i] = o[i−1] − o[i], with o[−1] = 1, is the weight of place i as the next free one.
 *
 *     r = Q[0]                                     the head before this step
 *     h' = controller(h, [x; r])
 *     (enqueue, dequeue, noop) = softmax(h' A + a)
 *     v = h' P + p
 *     Q' = enqueue · (Q + e v) + dequeue · Q[1:] + noop · Q
 *     o' = enqueue · [1; o] + dequeue · o[1:] + noop · o
 *     output h'
 *
 * Zeros enter behind the last cell. A full queue drops what comes, an empty one stays empty. As a place in front of
 * which o has fallen to 0 is empty, adding is writing; and as all is linear in Q and o, the queue holds exactly what a
 * queue that draws its actions holds on average.
 */
import {
  add,
  concat,
  expandDims,
  filled,
  matmul,
  mul,
  reshape,
  sliceAxis,
  sub,
  type Tensor,
} from '@elman/core'
import { describeCellFunction } from '../cells/cell-options.ts'
import { type ControllerChoice, chosenController, controllerEntries } from './controller-choice.ts'
import { type Memory, type MemoryCell, type MemoryOptions, memoryCell, memoryConfig } from './memory-cell.ts'
import { mixture } from './mixture.ts'
import { withoutFirst } from './stack.ts'

/** Options of {@link queueRnn}. */
export interface QueueRnnOptions extends MemoryOptions, ControllerChoice {}

const QUEUE_ACTIONS = ['enqueue', 'dequeue', 'noop'] as const

/**
 * Queue-RNN. State: that of the controller, h and with an LSTM c (batch, hidden); queue (batch, capacity, cellSize)
 * with the head first; filled (batch, capacity, 1), the thermometer o. Parameters: those of the controller (input,
 * read, recurrent, bias), action (hidden, 3), actionBias, value (hidden, cellSize), valueBias.
 *
 * @throws `MEMORY_CAPACITY_INVALID`
 */
export function queueRnn(options: QueueRnnOptions): MemoryCell {
  const { inputSize, hidden, cellSize = 8 } = options
  return memoryCell({
    options,
    controller: chosenController({ inputSize, hidden, readSize: cellSize }, options),
    actionNames: QUEUE_ACTIONS,
    memory: capacity => queue(hidden, cellSize, capacity),
  })
}

function queue(hidden: number, cellSize: number, capacity: number): Memory {
  return {
    stateShapes: { queue: [capacity, cellSize], filled: [capacity, 1] },
    parameters: {
      value: { shape: [hidden, cellSize], fanIn: hidden },
      valueBias: { shape: [cellSize], fanIn: hidden },
    },
    read: ({ queue: cells }) => reshape(sliceAxis(cells!, 1, 0, 1), [-1, cellSize]),
    write(p, { queue: cells, filled: o }, h, actions) {
      const value = expandDims(add(matmul(h, p.value!), p.valueBias!), 1) // (batch, 1, cellSize)
      const longer = oneMore(o!)
      const free = sub(longer, o!) // e
      return {
        queue: mixed(actions, add(cells!, mul(free, value)), cells!),
        filled: mixed(actions, longer, o!),
      }
    },
  }
}

/** enqueue · enqueued + dequeue · before[1:] + noop · before, of (batch, capacity, numbers); actions (batch, 1, 3). */
function mixed(actions: Tensor, enqueued: Tensor, before: Tensor): Tensor {
  const flat = (cells: Tensor) => reshape(cells, [cells.shape[0]!, 1, -1])
  const pieces = [flat(enqueued), ...withoutFirst(flat(before), before.shape[2]!), flat(before)]
  return reshape(mixture(actions, pieces), before.shape)
}

/** The thermometer of a queue that is one longer: [1; o] without its end. */
function oneMore(o: Tensor): Tensor {
  const [batch, capacity] = o.shape as [number, number]
  const one = o.scope.constant(filled([batch, 1, 1], 1, o.dtype))
  return capacity === 1 ? one : concat([one, sliceAxis(o, 1, 0, capacity - 1)], 1)
}

/** Registry entry `queue-rnn`. */
export const queueRnnComponent = describeCellFunction(
  'queue-rnn',
  'cell that controls a differentiable queue with a soft pointer to its tail',
  memoryConfig.extend(controllerEntries),
  queueRnn,
)
