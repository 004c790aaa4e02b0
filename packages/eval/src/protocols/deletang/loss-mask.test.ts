import { expect, test } from 'vitest'
import { encodeView } from '../../languages/view.ts'
import { batchOf } from '../../probe/string-batch.ts'
import { deletangTask, deletangTasks } from './tasks.ts'

const AT = { seed: 1, stream: 'train', size: 12, index: 0 }

/** Counted steps of the first string of a batch. */
function counted(task: string, original: boolean, purpose: 'training' | 'score'): number[] {
  const encoding = encodeView(deletangTask(task, { original }), 'transduce')
  const string = encoding.sample(AT)
  return [...(batchOf(encoding, [[string]], string.inputs.length, 1, purpose).scored.data as Float32Array)]
}

const sum = (flags: readonly number[]) => flags.reduce((total, flag) => total + flag, 0)

test('the original’s loss counts the filling, its score does not', () => {
  expect(sum(counted('binary-addition', true, 'training'))).toBe(13)
  expect(sum(counted('binary-addition', true, 'score'))).toBeLessThan(13)
})

test('mended tasks train on the steps of the score', () => {
  for (const { name } of deletangTasks()) {
    expect(counted(name, false, 'training')).toEqual(counted(name, false, 'score'))
  }
})

test('filling is wanted as zeros', () => {
  const encoding = encodeView(deletangTask('stack-manipulation', { original: true }), 'transduce')
  const { targets, scored, trained } = encoding.sample(AT)
  expect(trained).toHaveLength(targets.length)
  expect(targets.filter((_, step) => !scored[step] && trained![step]).every(target => target === 0)).toBe(
    true,
  )
})
