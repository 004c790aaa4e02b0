// Pickles and files of torch.save, read by an allow-list.
export type { PickleKey, PickleValue } from './pickle-value.ts'
export { readPickle, readPickledStrings, readTorch, readTorchFile } from './read-pickle.ts'
export { stringsOf } from './settle-value.ts'
