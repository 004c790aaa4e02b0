// The one place that loads onnxruntime-node: late, since its libraries are 46 MB and not every command needs them.
import { ElmanError } from '@elman/core'

/** The module `onnxruntime-node`. */
export type OnnxRuntime = typeof import('onnxruntime-node')

/**
 * Loads ONNX Runtime.
 *
 * @throws `ORT_UNAVAILABLE` when its native library does not load on this machine.
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  try {
    return await import('onnxruntime-node')
  } catch (cause) {
    throw new ElmanError('ORT_UNAVAILABLE', {
      message: `onnxruntime-node does not load on ${process.platform} ${process.arch}`,
      found: firstLine(cause),
      hint: [
        'version 1.30 has libraries for Linux and Windows on x64 and arm64 and for macOS on arm64',
        'install again if the package was installed with its files left out; the reference backend needs no library',
      ],
      cause,
    })
  }
}

/** First line of an error's text. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim()
}
