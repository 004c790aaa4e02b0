import { didYouMean, ElmanError, type NdArray } from '@elman/core'
import type { OnnxAttribute } from './attribute.ts'
import { ELEMENT_TYPE_BYTES, type OnnxElementType } from './element-type.ts'
import { type EncodeModelOptions, encodeModel } from './encode-model.ts'
import { bytesOf, InitializerTable, type OnnxInitializer } from './initializer-table.ts'

/** An extent, or the name of one that is known only at run time. */
export type OnnxDimension = number | string

/** Name and type of an input or output of a graph. */
export interface OnnxValueInfo {
  readonly name: string
  readonly elementType: OnnxElementType
  readonly shape: readonly OnnxDimension[]
}

/** One operation. */
export interface OnnxNode {
  readonly opType: string
  /** Empty for the standard operators, `com.microsoft` for ONNX Runtime's own. */
  readonly domain: string
  /** Shown by ONNX Runtime's errors and profiles. */
  readonly name: string
  /** Names of values; '' for an optional input left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: readonly (readonly [name: string, attribute: OnnxAttribute])[]
}

/** What a node has besides its operator and inputs. */
export interface OnnxNodeOptions {
  /** How many outputs to name freshly, or their names ('' for one left out); 1 unless given. */
  readonly outputs?: number | readonly string[]
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
  readonly domain?: string
  /** Stem of the node's name and of fresh output names, such as the node's path in the source graph. */
  readonly label?: string
}

/** How an initializer is stored. */
export interface OnnxInitializerOptions {
  /** Another type of the same width to give the bits, such as `uint32` for an int32 array. */
  readonly elementType?: OnnxElementType
}

/**
 * An ONNX graph under construction. Values are names; a value must exist before a node uses it, so nodes are always in
 * order. Bodies of Scan, Loop and If come from {@link OnnxGraph.body}: they see the values of the graphs around them,
 * and no name is ever used twice in the whole family.
 */
export class OnnxGraph {
  readonly name: string
  /** The graph around this one, for a body. */
  readonly parent: OnnxGraph | undefined
  readonly inputs: OnnxValueInfo[] = []
  readonly outputs: OnnxValueInfo[] = []
  readonly nodes: OnnxNode[] = []
  readonly initializers: OnnxInitializer[] = []
  readonly #local = new Set<string>()
  readonly #constants = new InitializerTable()
  readonly #taken: Set<string>
  readonly #counters: Map<string, number>

  /** @param parent - use {@link OnnxGraph.body} rather than this. */
  constructor(name: string, parent?: OnnxGraph) {
    this.name = name
    this.parent = parent
    this.#taken = parent === undefined ? new Set() : parent.#taken
    this.#counters = parent === undefined ? new Map() : parent.#counters
  }

  /** A graph for a {@link graph} attribute of a node of this graph. */
  body(name: string): OnnxGraph {
    return new OnnxGraph(name, this)
  }

  /** A name not used so far anywhere in this graph, the graphs around it or their bodies. */
  freshName(stem = 'value'): string {
    for (;;) {
      const count = (this.#counters.get(stem) ?? 0) + 1
      this.#counters.set(stem, count)
      const name = `${stem}_${count}`
      if (!this.#taken.has(name)) return name
    }
  }

  /** Whether a node of this graph may use the name: a value of this graph or of one around it. */
  has(name: string): boolean {
    for (let scope: OnnxGraph | undefined = this; scope !== undefined; scope = scope.parent) {
      if (scope.#local.has(name)) return true
    }
    return false
  }

  /**
   * Declares the next input (positions are the order of the calls) and gives back its name.
   *
   * @throws `ONNX_NAME_TAKEN` when the name is in use.
   */
  input(name: string, elementType: OnnxElementType, shape: readonly OnnxDimension[]): string {
    this.#define(name)
    this.inputs.push({ name, elementType, shape: [...shape] })
    return name
  }

  /**
   * A constant. An equal one that is already in this graph or around it is used again, whatever its name.
   * Storage is not copied: it must not change until the model is encoded.
   *
   * @param name - undefined for a fresh one.
   * @returns the name to use as a node's input.
   * @throws `ONNX_NAME_TAKEN`; `ONNX_BAD_INITIALIZER` when `elementType` has another width than the array's.
   */
  initializer(name: string | undefined, array: NdArray, options: OnnxInitializerOptions = {}): string {
    const elementType = options.elementType ?? array.dtype
    if (ELEMENT_TYPE_BYTES[elementType] !== ELEMENT_TYPE_BYTES[array.dtype]) {
      throw new ElmanError('ONNX_BAD_INITIALIZER', {
        message: `the bits of a ${array.dtype} array cannot be read as ${elementType}`,
        where: `graph ${this.name}`,
      })
    }
    const bytes = bytesOf(array)
    for (let scope: OnnxGraph | undefined = this; scope !== undefined; scope = scope.parent) {
      const found = scope.#constants.find(elementType, array.shape, bytes)
      if (found !== undefined) return found
    }
    const initializer = {
      name: name ?? this.freshName('constant'),
      elementType,
      shape: [...array.shape],
      bytes,
    }
    this.#define(initializer.name)
    this.initializers.push(initializer)
    this.#constants.add(initializer)
    return initializer.name
  }

  /**
   * Appends an operation and gives back the names of its outputs.
   *
   * @throws `ONNX_UNKNOWN_VALUE` for an input that does not exist yet; `ONNX_NAME_TAKEN` for an output that does;
   * `ONNX_FOREIGN_BODY` for a sub-graph that was not made by this graph's {@link OnnxGraph.body}.
   */
  node(opType: string, inputs: readonly string[], options: OnnxNodeOptions = {}): string[] {
    const stem = options.label ?? opType.toLowerCase()
    for (const input of inputs) if (input !== '' && !this.has(input)) throw this.#unknown(input, opType)
    const attributes = Object.entries(options.attributes ?? {})
    for (const [name, attribute] of attributes) {
      if (attribute.kind === 'graph' && attribute.value.parent !== this) {
        throw new ElmanError('ONNX_FOREIGN_BODY', {
          message: `the sub-graph "${attribute.value.name}" belongs to another graph`,
          where: `attribute ${name} of a ${opType} node of graph ${this.name}`,
          hint: 'make it by body() of the graph that gets the node, so that names stay unique',
        })
      }
    }
    const wanted = options.outputs ?? 1
    const outputs: string[] = []
    for (let i = 0; i < (typeof wanted === 'number' ? wanted : wanted.length); i++) {
      const name = typeof wanted === 'number' ? this.freshName(stem) : wanted[i]!
      if (name !== '') this.#define(name)
      outputs.push(name)
    }
    const name = outputs.find(output => output !== '') ?? this.freshName(stem)
    this.nodes.push({ opType, domain: options.domain ?? '', name, inputs: [...inputs], outputs, attributes })
    return outputs
  }

  /**
   * Declares the next output: a value of this very graph (a body hands on an outer value through Identity).
   *
   * @throws `ONNX_UNKNOWN_VALUE` for a value that this graph does not make; `ONNX_NAME_TAKEN` when it is an output already.
   */
  output(name: string, elementType: OnnxElementType, shape: readonly OnnxDimension[]): void {
    if (!this.#local.has(name)) {
      if (!this.has(name)) throw this.#unknown(name, 'an output')
      throw new ElmanError('ONNX_UNKNOWN_VALUE', {
        message: `"${name}" is made outside of the body "${this.name}" and cannot be its output`,
        hint: 'pass it through an Identity node of the body',
      })
    }
    if (this.outputs.some(output => output.name === name)) throw this.#refuse(name, 'it is an output already')
    this.outputs.push({ name, elementType, shape: [...shape] })
  }

  /** The model file with this graph as its main graph; see {@link encodeModel}. */
  encodeModel(options: EncodeModelOptions = {}): Uint8Array<ArrayBuffer> {
    return encodeModel(this, options)
  }

  #define(name: string): void {
    if (name === '' || this.#taken.has(name))
      throw this.#refuse(name, 'names are unique across nested graphs')
    this.#taken.add(name)
    this.#local.add(name)
  }

  #refuse(name: string, why: string): ElmanError {
    return new ElmanError('ONNX_NAME_TAKEN', {
      message: name === '' ? 'a value needs a name' : `"${name}" is used twice: ${why}`,
      where: `graph ${this.name}`,
    })
  }

  #unknown(name: string, user: string): ElmanError {
    const known: string[] = []
    for (let scope: OnnxGraph | undefined = this; scope !== undefined; scope = scope.parent)
      known.push(...scope.#local)
    const near = didYouMean(name, known)
    return new ElmanError('ONNX_UNKNOWN_VALUE', {
      message: `there is no value "${name}" for ${user}`,
      where: `graph ${this.name}`,
      ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
    })
  }
}
