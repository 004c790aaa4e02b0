import type { Plugin } from '@elman/core'

/** The plugins that come with elman. They enter by the same door as those of strangers. */
export async function builtInPlugins(): Promise<Plugin[]> {
  const [{ layersRecurrent }] = await Promise.all([import('@elman/layers-recurrent')])
  return [layersRecurrent]
}
