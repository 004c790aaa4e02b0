import { ElmanError } from '@elman/core'

/** The file says of itself what cannot be: it is cut off or damaged. */
export function damaged(where: string, found: string, expected?: string): ElmanError {
  return new ElmanError('HDF5_DAMAGED', {
    message: 'the HDF5 file contradicts itself',
    ...(expected === undefined ? {} : { expected }),
    found,
    where,
    hint: 'get the file again, and compare its size with that of the source',
  })
}

/** The file uses a part of HDF5 that this reader does without. */
export function unsupported(where: string, found: string): ElmanError {
  return new ElmanError('HDF5_UNSUPPORTED', {
    message: 'the HDF5 file uses a feature that is not read here',
    expected:
      'groups by symbol tables or compact links, and contiguous little-endian float datasets without filters',
    found,
    where,
    hint: "write it again with h5py's defaults: no chunks, no compression, no libver='latest' for large groups",
  })
}
