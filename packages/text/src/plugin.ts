import { DATASET, defineComponent, definePlugin, type ElmanContainer, type Plugin } from '@elman/core'
import { z } from 'zod'
import { builtInDatasets } from './datasets/built-in-datasets.ts'
import type { DatasetDescriptor } from './datasets/dataset.ts'
import { addTokenizers } from './tokenizers/tokenizer-components.ts'

declare module '@elman/core' {
  interface ExtensionPoints {
    dataset: { product: DatasetDescriptor }
  }
}

/**
 * A dataset as a component of extension point `dataset`, for a plugin's `register`. Its options stay those of the
 * `corpus` part of an experiment, which the dataset's own schema checks.
 */
export function datasetComponent(dataset: DatasetDescriptor) {
  return defineComponent(DATASET, {
    type: dataset.type,
    summary: dataset.summary,
    config: z.strictObject({}),
    create: () => dataset,
  })
}

/** Registers the datasets and tokenizers that this package knows. */
export const textDatasets: Plugin = definePlugin({
  name: '@elman/text',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ dataset, add }) {
    for (const known of builtInDatasets) dataset(datasetComponent(known))
    addTokenizers(add)
  },
})

/** The datasets of a container, those of plugins too; the built-in ones where none are registered. */
export function datasetsOf(container: ElmanContainer): readonly DatasetDescriptor[] {
  const listed = container.registry(DATASET).list()
  return listed.length === 0
    ? builtInDatasets
    : listed.map(({ descriptor }) => descriptor.create({}, container))
}
