import type { Tensor } from '@tensorflow/tfjs-core'

/** What graphs can run on, best first. */
export const TFJS_DEVICES = ['node-gpu', 'node', 'wasm', 'cpu'] as const

/** A device of TensorFlow.js: a native library with or without a GPU, WebAssembly, or plain JavaScript. */
export type TfjsDevice = (typeof TFJS_DEVICES)[number]

/** The package that a device needs and the name under which TensorFlow.js knows it. */
export const DEVICE_PACKAGES: Readonly<
  Record<TfjsDevice, { readonly package: string; readonly engineName: string }>
> = {
  'node-gpu': { package: '@tensorflow/tfjs-node-gpu', engineName: 'tensorflow' },
  node: { package: '@tensorflow/tfjs-node', engineName: 'tensorflow' },
  wasm: { package: '@tensorflow/tfjs-backend-wasm', engineName: 'wasm' },
  cpu: { package: '@tensorflow/tfjs-backend-cpu', engineName: 'cpu' },
}

/** The core library; loaded when the first graph is compiled, not when this package is imported. */
export type TensorFlow = typeof import('@tensorflow/tfjs-core')

/** A tensor on a device. */
export type DeviceTensor = Tensor

/** What to install for a device, in one line. */
export function deviceHelp(device: TfjsDevice): string {
  switch (device) {
    case 'node-gpu':
      return 'install @tensorflow/tfjs-node-gpu 4.22.0 (Linux x64 and Windows; its own library wants CUDA 11.2 and cuDNN 8.1) and let its install script run'
    case 'node':
      return 'install @tensorflow/tfjs-node 4.22.0 and let its install script run: it downloads libtensorflow 2.9.1'
    case 'wasm':
    case 'cpu':
      return 'reinstall @elman/backend-tfjs: this device is one of its dependencies'
  }
}
