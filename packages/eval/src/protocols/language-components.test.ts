import { expect, test } from 'vitest'
import { encodeView } from '../languages/view.ts'
import { deletangTasks } from './deletang/tasks.ts'
import { flareLanguages } from './flare/languages.ts'
import { deletangLanguageComponent, flareLanguageComponent } from './language-components.ts'

const services = undefined as never

test('a publication is one entry, its languages are options', () => {
  const odds = deletangLanguageComponent.config.parse({ task: 'odds-first', original: true, trainSize: 20 })
  const language = deletangLanguageComponent.create(odds, services)
  expect([language.id, language.trainSize]).toEqual(['deletang-odds-first-original', 20])
  const copy = flareLanguageComponent.config.parse({ language: 'marked-copy' })
  expect(flareLanguageComponent.create(copy, services).id).toBe('flare-marked-copy')
  expect(() => flareLanguageComponent.config.parse({ language: 'marked-coffee' })).toThrow()
})

test('blanks are as many as the output is long, and the steps before them are not asked', () => {
  for (const task of deletangTasks()) {
    const encoding = encodeView(task, 'transduce')
    const size = 12
    const { inputs, targets, scored } = encoding.sample({ seed: 1, stream: 'train', size, index: 0 })
    const input = task.transduction.sample({ seed: 1, stream: 'train', size, index: 0 })
    const output = task.transduction.transduce(input)
    expect(inputs).toHaveLength(input.length + output.length)
    expect(targets.subarray(input.length)).toEqual(output)
    expect(scored.subarray(0, input.length)).toEqual(new Uint8Array(input.length))
    expect(scored.at(input.length)).toBe(1)
  }
})

test('every language of FLaRe can be asked in all its views', () => {
  for (const language of flareLanguages()) {
    const size = [9, 8].find(own => language.hasSize(own))!
    for (const view of language.views) {
      const encoding = encodeView(language, view)
      const at = { seed: 1, stream: 'train', size, index: 3 }
      const { inputs, scored } = encoding.sample(at)
      expect(inputs).toHaveLength(size + 1)
      expect(scored.reduce((sum, flag) => sum + flag, 0)).toBe(view === 'recognise' ? 1 : size + 1)
    }
  }
})
