import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { zipEntries } from './zip-entries.ts'

const file = () => new Uint8Array(readFileSync(new URL('./fixtures/values-zip.pth', import.meta.url)))
const find = (data: Uint8Array, signature: number): number => {
  const view = new DataView(data.buffer)
  for (let at = data.length - 4; at >= 0; at--) if (view.getUint32(at, true) === signature) return at
  throw new Error('not there')
}

test('the entries of a file of torch.save are there with their bytes', () => {
  const entries = zipEntries(file(), 'x.pth')
  expect(entries.names).toContain('values-zip/data.pkl')
  expect(new TextDecoder().decode(entries.read('values-zip/byteorder'))).toBe('little')
  expect(entries.read('values-zip/data/0').length).toBe(96)
})

test('an entry that was changed is refused by its checksum', () => {
  const data = file()
  const { byteOffset } = zipEntries(data, 'x.pth').read('values-zip/data/0')
  data[byteOffset + 5]! ^= 1
  expect(() => zipEntries(data, 'x.pth').read('values-zip/data/0')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ZIP_INVALID  not a sound ZIP archive of stored entries
      found    the checksum of "values-zip/data/0" differs
      in x.pth]
  `)
})

test('compressed and encrypted entries are refused', () => {
  const [compressed, encrypted] = [file(), file()]
  compressed[find(compressed, 0x02014b50) + 10] = 8
  encrypted[find(encrypted, 0x02014b50) + 8]! |= 1
  expect(() => zipEntries(compressed, 'x.pth')).toThrow('is compressed (method 8)')
  expect(() => zipEntries(encrypted, 'x.pth')).toThrow('is encrypted')
})

test('a directory that announces more than the file holds is refused', () => {
  const data = file()
  const end = find(data, 0x06064b50)
  new DataView(data.buffer).setBigUint64(end + 32, 2n ** 40n, true)
  expect(() => zipEntries(data, 'x.pth')).toThrow('1099511627776 entries in a directory of')
})
