export { type FileContent, type WrittenFile, writeFileAtomically, writeNewFile } from './atomic-file.ts'
export { crc32c, maskedCrc32c } from './crc32c.ts'
export { fileError } from './file-error.ts'
export { halfFloatTable } from './half-float.ts'
export { checkJson, type JsonValue } from './json.ts'
export {
  type JsonLines,
  type JsonLinesAppender,
  openJsonLines,
  readJsonLines,
  type TornLine,
} from './json-lines.ts'
export { flattenParameters, type ParameterRecord, unflattenParameters } from './parameter-paths.ts'
export type { SafetensorsEntry, SafetensorsHeader } from './safetensors-header.ts'
export {
  openSafetensors,
  readSafetensors,
  type Safetensors,
  type SafetensorsReader,
} from './safetensors-read.ts'
export { encodeSafetensors, writeSafetensors } from './safetensors-write.ts'
export { sha256Of, sha256OfFile } from './sha256.ts'
export { createEventFile, type EventFile } from './tensorboard.ts'
