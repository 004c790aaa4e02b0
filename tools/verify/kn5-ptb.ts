import { trainKneserNey } from '@elman/pretrain'
import { loadCorpus } from '@elman/text'
import { type Check, requireData } from './check.ts'

/** Mikolov's table of SRILM results, order by order, test set; and order 5 on the validation set. */
const PUBLISHED = { 2: 185.7, 3: 148.28, 4: 142.72, 5: 141.19 } as const
const VALID = 148.01
const TOLERANCE = 0.005
const SECONDS = 10

/** Kneser-Ney on Penn Treebank. */
export const kn5Ptb: Check = {
  name: 'kn5-ptb',
  claim: `interpolated modified Kneser-Ney on Penn Treebank: test perplexity 185.70, 148.28, 142.72 and 141.19 at orders 2 to 5, valid ${VALID} at order 5, order 5 trained and tested in under ${SECONDS} s`,
  tolerance: `±${TOLERANCE} of the perplexities, that is all printed digits`,
  duration: '2 s',
  needs: 'ptb/',
  async run(options) {
    const directory = 'ptb'
    const corpus = await loadCorpus({ type: 'ptb', directory }, { baseDirectory: requireData(options) })
    const { size: vocabularySize, endOfSentence } = corpus.vocabulary
    const { train, valid, test } = corpus.splits
    const perplexities: Record<string, number> = {}
    let pass = true
    let seconds = 0
    for (const [text, published] of Object.entries(PUBLISHED)) {
      const start = performance.now()
      const model = trainKneserNey(train.ids, { order: Number(text), vocabularySize, endOfSentence })
      const { perplexity } = model.score(test!.ids)
      seconds = (performance.now() - start) / 1000
      perplexities[`order ${text}`] = Number(perplexity.toFixed(4))
      options.note(
        `order ${text}: test ${perplexity.toFixed(2)}, published ${published}, ${seconds.toFixed(1)} s`,
      )
      pass &&= Math.abs(perplexity - published) <= TOLERANCE
      if (Number(text) < 5) continue
      perplexities.valid = Number(model.score(valid!.ids).perplexity.toFixed(4))
      options.note(`order 5: valid ${perplexities.valid.toFixed(2)}, published ${VALID}`)
      pass &&= Math.abs(perplexities.valid - VALID) <= TOLERANCE
    }
    return {
      measured: { ...perplexities, seconds: Number(seconds.toFixed(2)) },
      pass: pass && seconds < SECONDS,
    }
  },
}
