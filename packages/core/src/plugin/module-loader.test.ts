import { expect, test } from 'vitest'
import { defaultExport, exportTarget, isPath, packageNameOf } from './module-loader.ts'

const conditions = ['node', 'import']

test('the first condition that holds wins, in the order the package wrote them', () => {
  expect(exportTarget({ require: './a.cjs', import: './a.js' }, '.', conditions)).toBe('./a.js')
  expect(exportTarget({ default: './a.js', import: './b.js' }, '.', conditions)).toBe('./a.js')
  expect(exportTarget({ '.': { node: { require: './a.cjs' }, default: './b.js' } }, '.', conditions)).toBe(
    './b.js',
  )
  expect(exportTarget('./a.js', '.', conditions)).toBe('./a.js')
  expect(exportTarget({ require: './a.cjs' }, '.', conditions)).toBeUndefined()
})

test('a subpath is found by its key, then by the longest pattern', () => {
  const exports = {
    './*': './any/*.js',
    './cells/*': './cells/*/index.js',
    './cells/lstm': './lstm.js',
    './secret': null,
  }
  const target = (subpath: string) => exportTarget(exports, subpath, conditions)
  expect(target('./cells/lstm')).toBe('./lstm.js')
  expect(target('./cells/gru')).toBe('./cells/gru/index.js')
  expect(target('./other')).toBe('./any/other.js')
  expect(target('./secret')).toBeUndefined()
  expect(target('.')).toBeUndefined()
})

test('paths are told from package names', () => {
  expect(['./a.js', '../a.js', '/a.js', 'file:///a.js', '.', '..'].map(isPath)).toEqual(Array(6).fill(true))
  expect(['a', '@a/b', 'a/b.js', '.hidden'].map(isPath)).toEqual(Array(4).fill(false))
  expect(['a', 'a/b/c', '@a/b', '@a/b/c'].map(packageNameOf)).toEqual(['a', 'a', '@a/b', '@a/b'])
})

test('the default export of compiled CommonJS is unwrapped once', () => {
  const plugin = { name: 'x' }
  expect(defaultExport({ default: plugin }).value).toBe(plugin)
  expect(defaultExport({ default: { __esModule: true, default: plugin } }).value).toBe(plugin)
  expect(defaultExport({ default: { default: plugin } }).value).toEqual({ default: plugin })
  const named = { default: { __esModule: true, register: 1 }, 'module.exports': 1 }
  expect(defaultExport(named)).toEqual({ value: undefined, names: ['register'] })
})
