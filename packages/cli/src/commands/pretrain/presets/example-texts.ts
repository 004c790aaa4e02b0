/** Small labelled texts that come with a new pipeline, so that it runs before anyone has put theirs in. */

const OPENINGS = ['the', 'this', 'our', 'every'] as const
const THINGS = ['meal', 'room', 'walk', 'song', 'story', 'garden', 'journey', 'show'] as const
const WORDS = {
  good: ['warm and lovely', 'a real joy', 'better than we hoped', 'fresh, bright and kind'],
  bad: ['cold and dull', 'a sad waste', 'worse than we feared', 'stale, dark and rude'],
} as const

/** `labelled.csv`: 256 sentences, half of them labelled `good`, half `bad`. */
export function exampleCsv(): string {
  const lines = ['text,label']
  for (const opening of OPENINGS)
    for (const thing of THINGS)
      for (const label of ['good', 'bad'] as const)
        for (const words of WORDS[label]) lines.push(`"${opening} ${thing} was ${words}",${label}`)
  return `${lines.join('\n')}\n`
}

/** `sentences.txt`: a sentence a line, tokens between spaces. */
export function exampleSentences(): string {
  return 'the bank of the river was green .\nthe bank lent the money .\nshe can play the piano .\nthe play was long .\n'
}
