import type { Plugin } from '@elman/core'

/** The plugins that come with elman. They enter by the same door as those of strangers. */
export async function builtInPlugins(): Promise<Plugin[]> {
  const [
    { corePlugin },
    { layersRecurrent },
    { layersAttention },
    { textDatasets },
    { embeddings },
    { pretrain },
    { evaluation },
    { backendOnnxRuntime },
    { cliPlugin },
  ] = await Promise.all([
    import('@elman/core'),
    import('@elman/layers-recurrent'),
    import('@elman/layers-attention'),
    import('@elman/text'),
    import('@elman/embeddings'),
    import('@elman/pretrain'),
    import('@elman/eval'),
    import('@elman/backend-onnxruntime'),
    import('./backend-plugin.ts'),
  ])
  return [
    corePlugin,
    layersRecurrent,
    layersAttention,
    textDatasets,
    embeddings,
    pretrain,
    evaluation,
    backendOnnxRuntime,
    cliPlugin,
  ]
}
