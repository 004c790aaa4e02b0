// Smaller and faster files: weights and products in int8.
export type { QuantizationError } from './quantize-matrix.ts'
export {
  type KeptWeight,
  type QuantizationReport,
  type QuantizedModel,
  type QuantizedWeight,
  type QuantizeOptions,
  quantizeOnnx,
} from './quantize-onnx.ts'
