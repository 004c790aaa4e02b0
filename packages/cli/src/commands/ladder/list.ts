/** `elman ladder list`: what can be probed with what. */
import { LEARNER_KINDS, type Need } from '@elman/eval'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import {
  ladderContainer,
  pluginsOfCall,
  registeredLanguages,
  registeredLearners,
} from './ladder-container.ts'

/** Options of `elman ladder list`. */
export interface ListOptions {
  readonly plugin?: readonly string[]
}

/** Prints all languages with level, need, views and training size, and how learners are named. */
export async function ladderList({ plugin }: ListOptions, terminal: Terminal): Promise<void> {
  const container = await ladderContainer(pluginsOfCall(plugin))
  const languages = (await registeredLanguages(container)).map(({ language }) => {
    const { id, title, level, need, views, trainSize, alphabet } = language
    return { id, title, level, need, views, trainSize, alphabet }
  })
  const { cells, learners } = registeredLearners(container)
  const rows = languages.map(({ id, level, need, views, trainSize, title }) => [
    ...[id, level, needText(need), views.join(' '), String(trainSize), title],
  ])
  const widths = [...new Set([...LEARNER_KINDS, ...cells])].sort()
  terminal.result(
    { languages, learners: { kinds: LEARNER_KINDS, cells, learners } },
    [
      table([['language', 'level', 'needs', 'views', 'N', 'what it is'], ...rows]),
      '',
      `learners: KIND-WIDTH, such as lstm-16, with a kind of`,
      ...lines(widths, 96).map(line => `  ${line}`),
      `or a config as JSON with one of the types ${learners.join(', ')}`,
    ].join('\n'),
  )
}

function needText({ states, counters, memory }: Need): string {
  const parts = [
    states === undefined ? undefined : `${states} states`,
    counters === undefined ? undefined : `${counters} ${counters === 1 ? 'counter' : 'counters'}`,
    memory,
  ]
  return parts.filter(part => part !== undefined).join(', ')
}

/** Words in lines of at most so many characters. */
function lines(words: readonly string[], width: number): string[] {
  const found: string[] = []
  for (const word of words) {
    const last = found.at(-1)
    if (last !== undefined && last.length + word.length + 2 <= width)
      found[found.length - 1] = `${last}, ${word}`
    else found.push(word)
  }
  return found
}
