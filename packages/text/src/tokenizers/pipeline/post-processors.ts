/** Post-processors of `tokenizer.json`, all as one thing: a template for one text, one for two, and trimmed offsets. */
import { invalid, type PostProcessorJson, type TemplateItem } from './tokenizer-json.ts'

/** A place of a template: a text, or tokens with their ids. */
export type Place =
  | { readonly text: 'A' | 'B'; readonly typeId: number }
  | { readonly ids: readonly number[]; readonly tokens: readonly string[]; readonly typeId: number }

/** What is done to the tokens of a text. */
export interface PostProcessor {
  readonly single: readonly Place[]
  readonly pair: readonly Place[]
  /** Whether spaces at the ends of a token are no part of its offsets. */
  readonly trimOffsets: boolean
  /** Whether the first token's space is one that the text does not have. */
  readonly prefixSpace: boolean
}

const A = { text: 'A', typeId: 0 } as const
const PLAIN: PostProcessor = {
  single: [A],
  pair: [A, { text: 'B', typeId: 1 }],
  trimOffsets: false,
  prefixSpace: false,
}

/** @throws `TOKENIZER_INVALID` for a template that names a token without id, or two templates in one sequence */
export function createPostProcessor(json: PostProcessorJson | null, where: string): PostProcessor {
  if (json === null) return PLAIN
  switch (json.type) {
    case 'ByteLevel':
      return { ...PLAIN, trimOffsets: json.trim_offsets, prefixSpace: json.add_prefix_space }
    case 'BertProcessing': {
      const cls = special(json.cls, 0)
      return {
        single: [cls, A, special(json.sep, 0)],
        pair: [cls, A, special(json.sep, 0), { text: 'B', typeId: 1 }, special(json.sep, 1)],
        trimOffsets: false,
        prefixSpace: false,
      }
    }
    case 'RobertaProcessing': {
      const sep = special(json.sep, 0)
      const single = [special(json.cls, 0), A, sep]
      return {
        single,
        pair: [...single, sep, { text: 'B', typeId: 0 }, sep],
        trimOffsets: json.trim_offsets,
        prefixSpace: json.add_prefix_space,
      }
    }
    case 'TemplateProcessing': {
      const place = (item: TemplateItem): Place => {
        if ('Sequence' in item) return { text: item.Sequence.id, typeId: item.Sequence.type_id }
        const { id, type_id: typeId } = item.SpecialToken
        const token = Object.hasOwn(json.special_tokens, id) ? json.special_tokens[id] : undefined
        if (token === undefined)
          throw invalid(`${JSON.stringify(id)} of the template is not in special_tokens`, where)
        return { ids: token.ids, tokens: token.tokens, typeId }
      }
      return {
        single: json.single.map(place),
        pair: json.pair.map(place),
        trimOffsets: false,
        prefixSpace: false,
      }
    }
    case 'Sequence':
      return inSequence(
        json.processors.map((part, i) => createPostProcessor(part, `${where}.processors.${i}`)),
        where,
      )
  }
}

function special([token, id]: readonly [string, number], typeId: number): Place {
  return { ids: [id], tokens: [token], typeId }
}

function inSequence(parts: readonly PostProcessor[], where: string): PostProcessor {
  const templates = parts.filter(({ single }) => single.length > 1)
  if (templates.length > 1) throw invalid('a sequence of two post-processors that both add tokens', where)
  const trimming = parts.find(({ trimOffsets }) => trimOffsets)
  const { single, pair } = templates[0] ?? parts[0] ?? PLAIN
  return { single, pair, trimOffsets: trimming !== undefined, prefixSpace: trimming?.prefixSpace ?? false }
}
