import type { SessionDevice } from '../session/session-options.ts'

/** What has to be there for a device to work, in one line for errors and `elman doctor`. */
export function deviceHelp(device: SessionDevice): string {
  switch (device) {
    case 'cpu':
      return 'onnxruntime-node 1.30 has libraries for Linux and Windows (x64, arm64) and macOS (arm64)'
    case 'webgpu':
      return process.platform === 'linux'
        ? 'WebGPU needs libvulkan.so.1 and a Vulkan 1.1 driver: that of the GPU, or Mesa 24 or newer (Debian 12: bookworm-backports)'
        : 'WebGPU needs a current GPU driver'
    case 'cuda':
      return process.platform === 'linux' && process.arch === 'x64'
        ? 'CUDA needs an NVIDIA driver, CUDA 12 and cuDNN 9, and onnxruntime-node installed with ONNXRUNTIME_NODE_INSTALL=cuda12'
        : 'ONNX Runtime for Node has CUDA on Linux x64 only: use webgpu here'
  }
}
