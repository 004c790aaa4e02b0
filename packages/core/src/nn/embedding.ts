import { z } from 'zod'
import { componentOf } from '../config/component-schema.ts'
import { defineComponent, INITIALIZER, LAYER } from '../container/extension-point.ts'
import { gather } from '../ops/indexing.ts'
import { foldIn } from '../random/keys.ts'
import { normal } from './initializers.ts'
import type { FlatLayer, Initializer } from './layer.ts'

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** Rows of the table, such as words of a vocabulary. */
  readonly count: number
  /** Features of a row. */
  readonly size: number
  /** First values of the table; normal with deviation 1, as in PyTorch, unless given. */
  readonly initializer?: Initializer | undefined
}

/** Rows of a table by number: int32 (...) to (..., size). Parameter: `table` (count, size). */
export function embedding({ count, size, initializer = normal(1) }: EmbeddingOptions): FlatLayer {
  return {
    init: (key, dtype = 'float32') => ({ table: initializer(foldIn(key, 'table'), [count, size], dtype) }),
    apply: ({ table }, indices) => gather(table!, indices),
  }
}

/** Registry entry `embedding`. */
export const embeddingComponent = defineComponent(LAYER, {
  type: 'embedding',
  summary: 'rows of a table by number',
  config: z.strictObject({
    count: z.int().positive().describe('rows of the table'),
    size: z.int().positive().describe('features of a row'),
    initializer: componentOf(INITIALIZER).default({ type: 'normal', deviation: 1 }).describe('first values'),
  }),
  create: ({ initializer, ...options }, services) =>
    embedding({ ...options, initializer: services.create(INITIALIZER, initializer) }),
})
