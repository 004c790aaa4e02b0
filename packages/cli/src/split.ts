import { ElmanError } from '@elman/core'
import type { LoadedModel } from '@elman/pretrain'
import { type datasetsOf, type EncodedText, loadCorpus } from '@elman/text'

/** A model and the datasets that its corpus may name. */
type Subject = Pick<LoadedModel, 'config' | 'baseDirectory'> & {
  readonly datasets: ReturnType<typeof datasetsOf>
}

/**
 * A split of the corpus that a run was trained on, with its name.
 *
 * @throws CLI_SPLIT_UNKNOWN; what `loadCorpus` throws
 */
export async function splitOf(
  { config, baseDirectory, datasets }: Subject,
  split = 'test',
): Promise<[string, EncodedText]> {
  const { splits } = await loadCorpus(config.corpus, { baseDirectory, datasets })
  const found = Object.entries(splits).find(([name]) => name === split)
  if (found !== undefined) return found
  throw new ElmanError('CLI_SPLIT_UNKNOWN', {
    message: `the corpus of this run has no split "${split}"`,
    expected: `one of ${Object.keys(splits).join(', ')}`,
    hint: 'to score a file, use --text FILE',
  })
}
