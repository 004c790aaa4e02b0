import { foldInTensor } from '../ops/random.ts'
import type { LayerContext } from './layer.ts'

/**
 * The context of a named part of a layer: random choices of its own, and losses and state under the part's name, so
 * that paths match those of the parameters.
 *
 * @param name the part's name in the parameters, such as `0` or `layer`
 */
export function childContext(context: LayerContext, name: string): LayerContext {
  const { key, addLoss, updateState } = context
  return {
    mode: context.mode,
    ...(key === undefined ? {} : { key: foldInTensor(key, nameCode(name)) }),
    ...(addLoss && { addLoss: (path, loss) => addLoss(`${name}.${path}`, loss) }),
    ...(updateState && { updateState: (path, value) => updateState(`${name}.${path}`, value) }),
  }
}

/** FNV-1a of a name, 31 bits: the number that stands for the part in keys. */
function nameCode(name: string): number {
  let code = 0x811c9dc5
  for (let i = 0; i < name.length; i++) code = Math.imul(code ^ name.charCodeAt(i), 0x01000193)
  return code & 0x7fffffff
}
