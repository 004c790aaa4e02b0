/** From the update rule of one array to an optimiser of whole trees: groups, decay and state are the same for all. */
import { z } from 'zod'
import { isTensor, type Tensor } from '../ir/scope.ts'
import type { Parameters, TensorParameters } from '../nn/layer.ts'
import { add, mul, sub } from '../ops/elementwise.ts'
import { isFloat } from '../tensor/dtype.ts'
import { filled, isNdArray, type NdArray } from '../tensor/nd-array.ts'
import { leavesWithPaths, withLeaves } from '../transform/tree.ts'
import type { Optimizer, OptimizerInput } from './optimizer.ts'
import {
  groupSettings,
  type LeafSettings,
  type ParameterGroup,
  parameterGroupConfig,
} from './parameter-groups.ts'

/** Options that every optimiser takes. */
export interface CommonOptions {
  /** Learning rate at the start. */
  readonly rate: number
  /** Decay of the weights; see each optimiser for where it enters. 0 unless given. */
  readonly weightDecay?: number | undefined
  /** Largest global norm of the gradients. */
  readonly clip?: number | undefined
  /** Settings by parameter path; the first match wins. */
  readonly groups?: readonly ParameterGroup[] | undefined
}

/** Schema of {@link CommonOptions} with an optimiser's usual rate and decay. */
export function commonConfig(rate: number, weightDecay = 0) {
  return z.strictObject({
    rate: z.number().positive().default(rate).describe('learning rate at the start'),
    weightDecay: z.number().nonnegative().default(weightDecay).describe('decay of the weights'),
    clip: z.number().positive().optional().describe('largest global norm of the gradients'),
    groups: z.array(parameterGroupConfig).optional().describe('settings by parameter path, first match wins'),
  })
}

/** One parameter in an update. */
export interface LeafInput<Slot extends string> {
  readonly parameter: Tensor
  readonly gradient: Tensor
  /** The parameter's own learning rate, scalar. */
  readonly rate: Tensor
  /** Its part of each slot. */
  readonly state: { readonly [Name in Slot]: Tensor }
}

/** What a rule makes of one parameter. */
export interface LeafOutput<Slot extends string> {
  readonly parameter: Tensor
  readonly state: { readonly [Name in Slot]: Tensor }
}

/** The update of one array. */
export interface LeafRule<Slot extends string = never> {
  /** The first value of each slot, from the parameter. */
  readonly slots: { readonly [Name in Slot]: (parameter: NdArray) => NdArray }
  /**
   * Where weight decay λ enters: `gradient` adds λ·w to it (L2), `parameter` shrinks w by rate·λ apart from the
   * gradient (Loshchilov & Hutter 2019).
   */
  readonly decay: 'gradient' | 'parameter'
  /** Called once an update with the number of updates done before (int32 scalar); returns the update of a leaf. */
  begin(step: Tensor): (leaf: LeafInput<Slot>) => LeafOutput<Slot>
}

/** Slot value: zeros like the parameter. */
export function zerosLike(parameter: NdArray): NdArray {
  return filled(parameter.shape, 0, parameter.dtype)
}

/** An optimiser that applies a rule to every trained parameter by itself. */
export function leafwise<Slot extends string>(rule: LeafRule<Slot>, options: CommonOptions): Optimizer {
  const { rate, clip, weightDecay = 0, groups = [] } = options
  const names = Object.keys(rule.slots) as Slot[]
  const settingsOf = (leaves: readonly { path: string; leaf: Tensor | NdArray }[]): LeafSettings[] =>
    groupSettings(
      leaves.map(({ path }) => path),
      groups,
      weightDecay,
    ).map((settings, i) => (isFloat(leaves[i]!.leaf.dtype) ? settings : { ...settings, frozen: true }))
  return {
    rate,
    ...(clip === undefined ? {} : { clip }),
    init(parameters) {
      const leaves = leavesWithPaths<NdArray>(parameters, isNdArray)
      const settings = settingsOf(leaves)
      const slot = (name: Slot): Parameters =>
        pathTree(
          leaves
            .filter((_, i) => !settings[i]!.frozen)
            .map(({ path, leaf }) => [path, rule.slots[name](leaf)]),
        )
      return Object.fromEntries(names.map(name => [name, slot(name)]))
    },
    update({ parameters, gradients, state, rate: base, step }: OptimizerInput) {
      const leaves = leavesWithPaths<Tensor>(parameters, isTensor)
      const gradientOf = leafMap(gradients)
      const stateOf = new Map(names.map(name => [name, leafMap(state[name] ?? {})]))
      const updateLeaf = rule.begin(step)
      const settings = settingsOf(leaves)
      const results = leaves.map(({ path, leaf }, i): LeafOutput<Slot> | undefined => {
        if (settings[i]!.frozen) return undefined
        const own = names.map(name => [name, stateOf.get(name)!.get(path)!] as const)
        return updateLeaf({
          ...decayed(rule, leaf, gradientOf.get(path)!, base, settings[i]!),
          state: Object.fromEntries(own) as { [Name in Slot]: Tensor },
        })
      })
      const slot = (name: Slot) =>
        pathTree(
          leaves.flatMap(({ path }, i) => (results[i] ? [[path, results[i].state[name]] as const] : [])),
        )
      return {
        parameters: withLeaves(
          parameters,
          isTensor,
          leaves.map(({ leaf }, i) => results[i]?.parameter ?? leaf),
        ) as TensorParameters,
        state: Object.fromEntries(names.map(name => [name, slot(name)])),
      }
    },
  }
}

function decayed<Slot extends string>(
  rule: LeafRule<Slot>,
  parameter: Tensor,
  gradient: Tensor,
  base: Tensor,
  { rateFactor, weightDecay }: LeafSettings,
): Omit<LeafInput<Slot>, 'state'> {
  const rate = rateFactor === 1 ? base : mul(base, rateFactor)
  if (weightDecay === 0) return { parameter, gradient, rate }
  if (rule.decay === 'gradient')
    return { parameter, gradient: add(gradient, mul(parameter, weightDecay)), rate }
  return { parameter: mul(parameter, sub(1, mul(rate, weightDecay))), gradient, rate }
}

function leafMap(tree: TensorParameters | Tensor): Map<string, Tensor> {
  return new Map(leavesWithPaths<Tensor>(tree, isTensor).map(({ path, leaf }) => [path, leaf]))
}

type Nested<Leaf> = { [name: string]: Leaf | Nested<Leaf> }

/** Nested records from dotted paths, in their order. */
function pathTree<Leaf extends object>(
  entries: readonly (readonly [path: string, leaf: Leaf])[],
): Nested<Leaf> {
  const root: Nested<Leaf> = {}
  for (const [path, leaf] of entries) {
    const names = path.split('.')
    const last = names.pop()!
    let record = root
    for (const name of names) {
      record[name] ??= {}
      record = record[name] as Nested<Leaf>
    }
    record[last] = leaf
  }
  return root
}
