import type { Plugin } from '@elman/core'

/** The plugins that come with elman. They enter by the same door as those of strangers. */
export async function builtInPlugins(): Promise<Plugin[]> {
  const [{ corePlugin }, { layersRecurrent }, { pretrain }, { cliPlugin }] = await Promise.all([
    import('@elman/core'),
    import('@elman/layers-recurrent'),
    import('@elman/pretrain'),
    import('./reference-backend.ts'),
  ])
  return [corePlugin, layersRecurrent, pretrain, cliPlugin]
}
