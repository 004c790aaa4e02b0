/** Vectors of tokens by their text: the characters of a token are read once, as long as the cache has room. */
import {
  type Backend,
  type Executable,
  isNdArray,
  leavesOf,
  type NdArray,
  ndArray,
  type Parameters,
  type Tensor,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import type { ElmoModel } from './bidirectional-language-model.ts'
import { characterIds } from './character-ids.ts'

/** Numbers of a vector, float32 or float64 as the model's. */
export type Vector = Float32Array | Float64Array

/** Gives the vector of each token of a batch. */
export interface TokenCache {
  /** The vectors (projection) of all distinct tokens in `tokens`. */
  lookUp(tokens: Iterable<string>): Promise<ReadonlyMap<string, Vector>>
  /** Tokens whose characters were read so far. */
  computed(): number
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Options of {@link createTokenCache}. */
export interface TokenCacheOptions {
  /** Bytes that kept vectors may take; 64 MiB unless given. The oldest go first. */
  readonly bytes?: number | undefined
  /** Tokens that are computed together: the shape of the graph; 64 unless given. */
  readonly chunk?: number | undefined
  readonly dtype?: FloatType | undefined
}

/** Compiles the token layer of a model, once, and keeps what it gives. */
export async function createTokenCache(
  backend: Backend,
  model: ElmoModel,
  parameters: Parameters,
  { bytes = 64 * 2 ** 20, chunk = 64, dtype = 'float32' }: TokenCacheOptions = {},
): Promise<TokenCache> {
  const { maxCharacters, projection } = model.options
  const characters = parameters.characters as Parameters
  const { graph } = trace(
    (weights: TensorParameters, ids: Tensor) => model.tokenVectors({ characters: weights }, ids),
    characters,
    { dtype: 'int32', shape: [chunk, maxCharacters] },
  )
  const executable: Executable = await backend.compile(graph, { name: 'token layer' })
  const weights = leavesOf<NdArray>(characters, isNdArray)
  const kept = new Map<string, Vector>()
  const most = Math.max(0, Math.floor(bytes / (projection * (dtype === 'float64' ? 8 : 4))))
  let computed = 0

  const compute = async (tokens: readonly string[]): Promise<Vector[]> => {
    const ids = new Int32Array(chunk * maxCharacters)
    for (let index = 0; index < chunk; index++) {
      ids.set(characterIds(tokens[index] ?? '', maxCharacters), index * maxCharacters)
    }
    const [vectors] = await executable.run([...weights, ndArray('int32', [chunk, maxCharacters], ids)])
    const data = vectors!.data as Vector
    computed += tokens.length
    return tokens.map((_, index) => data.slice(index * projection, (index + 1) * projection))
  }
  const keep = (token: string, vector: Vector) => {
    if (most === 0) return
    if (kept.size >= most) kept.delete(kept.keys().next().value!)
    kept.set(token, vector)
  }
  return {
    async lookUp(tokens) {
      const wanted = new Set(tokens)
      const found = new Map<string, Vector>()
      const missing: string[] = []
      for (const token of wanted) {
        const vector = kept.get(token)
        if (vector === undefined) missing.push(token)
        else found.set(token, vector)
      }
      for (let start = 0; start < missing.length; start += chunk) {
        const part = missing.slice(start, start + chunk)
        for (const [index, vector] of (await compute(part)).entries()) {
          found.set(part[index]!, vector)
          keep(part[index]!, vector)
        }
      }
      return found
    },
    computed: () => computed,
    dispose: () => executable.dispose(),
  }
}
