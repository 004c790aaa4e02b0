/**
 * tfjs-node 4.22.0, the last release, calls `util.isNullOrUndefined` and `util.isArray`. Node deprecated them long ago
 * and removed them in version 23; without them the first operation throws. The fix in TensorFlow.js was never released.
 */

/**
 * Puts back what is missing in the module object of `node:util`; what is there stays as it is. It refers to nothing
 * outside itself: its text also runs in the process that tries a device.
 *
 * @returns the names that were put back.
 */
export function restoreUtilChecks(util: Record<string, unknown>): string[] {
  const removed: Record<string, (value: unknown) => boolean> = {
    isNullOrUndefined: value => value === null || value === undefined,
    isArray: value => Array.isArray(value),
  }
  const missing = Object.keys(removed).filter(name => typeof util[name] !== 'function')
  for (const name of missing) util[name] = removed[name]
  return missing
}
