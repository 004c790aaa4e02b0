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
  const missing = ['isNullOrUndefined', 'isArray'].filter(name => typeof util[name] !== 'function')
  for (const name of missing)
    util[name] =
      name === 'isArray' ? Array.isArray : (value: unknown) => value === null || value === undefined
  return missing
}
