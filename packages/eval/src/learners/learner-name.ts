/** Short names of learners for tables: `lstm-32`, `window-8`. */

type Config = { readonly type: string } & Readonly<Record<string, unknown>>

/**
 * The name of a learner's config: the kind and the number that says most about its size, which is the width of its
 * cells, of a Transformer's steps, or what a window or an n-gram looks back. Layers beyond the first come before the
 * width: `lstm-2x32`.
 */
export function learnerName(config: unknown): string {
  const { type, ...options } = asConfig(config)
  switch (type) {
    case 'recurrent': {
      const { type: cell, hidden, eigenvalues } = asConfig(options.cell)
      const { layers = 1 } = options
      const range = eigenvalues === 'zero-one' ? '-01' : eigenvalues === 'minus-one-one' ? '-11' : ''
      const width = typeof hidden === 'number' ? `-${layers === 1 ? '' : `${layers}x`}${hidden}` : ''
      return `${cell}${range}${width}`
    }
    case 'n-gram':
      return withNumber(type, options.order)
    default:
      return withNumber(type, options.size)
  }
}

function asConfig(config: unknown): Config {
  return typeof config === 'string' ? { type: config } : (config as Config)
}

function withNumber(type: string, number: unknown): string {
  return typeof number === 'number' ? `${type}-${number}` : type
}
