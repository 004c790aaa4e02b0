import { ElmanError } from '@elman/core'

/** What is used of an index of the package `usearch`. */
export interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void
  search(vector: Float32Array, count: number, threads: number): { readonly keys: BigUint64Array }
  size(): number | bigint
  dimensions(): number | bigint
  save(path: string): void
  load(path: string): void
}

/** What is used of the package. */
export interface Usearch {
  readonly Index: new (settings: {
    readonly dimensions: number
    readonly metric: 'cos'
    readonly quantization: 'f32' | 'f16' | 'i8'
    readonly connectivity: number
    readonly expansion_add: number
    readonly expansion_search: number
    readonly multi: boolean
  }) => UsearchIndex
}

/** Imports the package, an optional peer. @throws `EMBEDDING_INDEX_PACKAGE_MISSING` */
export async function loadUsearch(load: () => Promise<unknown> = importUsearch): Promise<Usearch> {
  try {
    return (await load()) as Usearch
  } catch (cause) {
    throw new ElmanError('EMBEDDING_INDEX_PACKAGE_MISSING', {
      message: 'approximate search needs the package usearch, which cannot be loaded',
      hint: [
        'npm install usearch@2',
        'exact search needs no package, and is fast enough for some hundred thousand words',
      ],
      cause,
    })
  }
}

/** By a name that is not a literal, so that the types of a peer that may be absent are not looked for. */
function importUsearch(): Promise<unknown> {
  const name: string = 'usearch'
  return import(name)
}
