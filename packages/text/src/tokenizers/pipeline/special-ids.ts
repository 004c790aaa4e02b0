/** Which tokens have a meaning of their own, found by the names they have in released tokenizers. */
import type { SpecialIds } from '../tokenizer.ts'

const NAMES: { readonly [Role in keyof Required<SpecialIds>]: readonly string[] } = {
  unknown: ['[UNK]', '<unk>', 'xxunk', '_unk_'],
  padding: ['[PAD]', '<pad>', 'xxpad', '_pad_'],
  beginning: ['[BOS]', '<s>', '<bos>', 'xxbos', 'xbos', '<|endoftext|>'],
  end: ['[EOS]', '</s>', '<eos>', 'xxeos', '<|endoftext|>'],
  classification: ['[CLS]', '<cls>'],
  separator: ['[SEP]', '<sep>'],
  mask: ['[MASK]', '<mask>'],
}

/**
 * Ids of the special tokens among `names`.
 *
 * @param known - What the tokenizer's own settings say; it goes before names.
 */
export function specialIds(names: ReadonlyMap<string, number>, known: SpecialIds): SpecialIds {
  const found: { [role: string]: number } = {}
  for (const [role, candidates] of Object.entries(NAMES)) {
    const id =
      known[role as keyof SpecialIds] ?? candidates.map(name => names.get(name)).find(it => it !== undefined)
    if (id !== undefined) found[role] = id
  }
  return found
}
