import {
  allocate,
  type DType,
  type Graph,
  interpret,
  type NdArray,
  type Node,
  type Primitive,
  type PrimitiveAttributes,
  type PrimitiveName,
  primitives,
  type Shape,
  sizeOf,
} from '@elman/core'
import type { DeviceTensor, TensorFlow } from '../device/device.ts'
import { compileProgram, type Program } from '../program/program.ts'

/** Computes one node. Its inputs stay the caller's; every result is a tensor of its own. */
export type Kernel = (inputs: readonly DeviceTensor[]) => DeviceTensor[]

/** Makes the kernel of one node, when a graph is compiled. */
export type KernelRule<Name extends PrimitiveName> = (
  context: KernelContext,
  node: Node<Name>,
  attributes: PrimitiveAttributes[Name],
) => Kernel

/** What kernels are made of, for one compiled graph and the bodies in it. */
export class KernelContext {
  readonly tf: TensorFlow
  /** What the device is called in TensorFlow.js: few kernels care. */
  readonly engineName: string
  readonly #engine: ReturnType<TensorFlow['engine']>
  readonly #kept: DeviceTensor[] = []

  constructor(tf: TensorFlow, engineName: string) {
    this.tf = tf
    this.engineName = engineName
    this.#engine = tf.engine()
  }

  /** Calls a kernel of TensorFlow.js that has one result. */
  run(
    name: string,
    inputs: Readonly<Record<string, DeviceTensor>>,
    attributes: Readonly<Record<string, unknown>> = {},
  ): DeviceTensor {
    return this.#engine.runKernel(name, inputs, attributes as never) as DeviceTensor
  }

  /** Calls one that has several results, or takes a list. */
  runAll(name: string, inputs: unknown, attributes: Readonly<Record<string, unknown>>): DeviceTensor[] {
    const results = this.#engine.runKernel(name, inputs as never, attributes as never)
    return Array.isArray(results) ? results : [results]
  }

  /** A second handle on the same elements. */
  same(x: DeviceTensor): DeviceTensor {
    return this.run('Identity', { x })
  }

  /** The same elements under another shape. */
  reshape(x: DeviceTensor, shape: Shape): DeviceTensor {
    return this.run('Reshape', { x }, { shape: [...shape] })
  }

  /** The same values in another dtype. */
  cast(x: DeviceTensor, dtype: DType): DeviceTensor {
    return this.run('Cast', { x }, { dtype })
  }

  /** An array on the device, until the scope that is open ends. */
  upload({ dtype, shape, data }: NdArray): DeviceTensor {
    return this.#engine.makeTensor(data as Float32Array, [...shape], dtype as 'float32')
  }

  /** An array on the device for as long as the program lives. */
  constant(array: NdArray): DeviceTensor {
    const tensor = this.tf.keep(this.upload(array))
    this.#kept.push(tensor)
    return tensor
  }

  /** A tensor on the host: written into an array that is given, else into a new one. */
  download(tensor: DeviceTensor, into?: NdArray): NdArray {
    const { shape } = tensor
    const dtype = tensor.dtype as DType
    const array = into ?? { dtype, shape: [...shape], data: allocate(dtype, sizeOf(shape)) }
    if (array.data.length > 0) array.data.set(tensor.dataSync() as never)
    return array
  }

  /** The reference kernel, on the host: where no kernel of TensorFlow.js is exact, and for arrays without elements. */
  onHost(node: Node): Kernel {
    const { evaluate } = primitives[node.primitive] as unknown as Primitive<PrimitiveName>
    return inputs =>
      evaluate(
        inputs.map(input => this.download(input)),
        node.attributes,
        interpret,
      ).map(array => this.upload(array))
  }

  /** A graph inside this one. */
  program(graph: Graph): Program {
    return compileProgram(this, graph)
  }

  /** Runs something whose intermediate tensors end with it; the tensors that it returns do not. */
  tidy<T extends DeviceTensor[]>(work: () => T): T {
    return this.#engine.tidy(work) as T
  }

  /** Gives back the constants. */
  dispose(): void {
    for (const tensor of this.#kept.splice(0)) tensor.dispose()
  }
}
