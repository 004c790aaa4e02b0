/**
 * A protocol: how a published (or our own) table was made, as data, so that a number is only ever put beside numbers
 * made the same way. It says which languages, which lengths, how much training, how many seeds, which run is reported
 * and what the score is; it does not train anything.
 */
import { type Descriptor, type DescriptorOf, defineExtensionPoint, type ExtensionPoint } from '@elman/core'
import type { Gate } from '../ladder/gates.ts'
import type { Language, View } from '../languages/language.ts'
import type { SizeResult } from '../probe/record.ts'

/** A place where a publication, its code and what we do are not all the same. */
export interface Difference {
  /** What differs: `order of the output`. */
  readonly what: string
  /** How the released code does it. */
  readonly original: string
  /** How it is done here unless the original is asked for. */
  readonly here: string
  /** Whether `original: true` brings back how it was. */
  readonly switchable: boolean
}

/** Lengths from one to another, both included. */
export interface LengthRange {
  readonly from: number
  readonly to: number
}

/** Strings that are held apart: what they are for, how many, how long. */
export interface Split {
  readonly name: string
  /** Number of strings, of all lengths together; `perLength` where it is fixed by length. */
  readonly strings?: number
  readonly perLength?: number
  readonly lengths: LengthRange
  /** Whether strings that were trained on are kept out. */
  readonly heldOut: boolean
}

/** How a run is trained. */
export interface TrainingRecipe {
  readonly optimizer: string
  /** Rates that are tried: a list, or the ends of an interval that is drawn from on a logarithmic scale. */
  readonly learningRates:
    | readonly number[]
    | { readonly from: number; readonly to: number; readonly scale: 'log' }
  readonly clip: number
  /** Strings of a step, or tokens of a step drawn from an interval. */
  readonly batch: { readonly strings: number } | { readonly tokens: LengthRange }
  /** Budget: a number of steps, or of passes over the training strings with a patience. */
  readonly budget:
    | { readonly steps: number }
    | { readonly epochs: number; readonly patience: number; readonly checkpointEvery: number }
  /** How the lengths of a batch are chosen. */
  readonly lengths: string
  /** Which steps the loss counts: those whose answer counts in the score, or every output step. */
  readonly loss: 'scored-steps' | 'every-output-step'
  readonly notes: readonly string[]
}

/** A network that the protocol's table has a row for: its name and its config as a learner, or in words. */
export interface ProtocolModel {
  readonly name: string
  readonly title: string
  /** The learner's config where one of ours has the same equations. */
  readonly learner?: { readonly type: string; readonly [option: string]: unknown }
  /** Sizes and peculiarities that a learner's config does not tell. */
  readonly notes: readonly string[]
}

/** Which of several runs is reported, and by what it is chosen. */
export interface SelectionRule {
  readonly over: readonly string[]
  readonly report: 'maximum' | 'mean' | 'every-seed'
  readonly chosenBy: 'test-score' | 'validation-score' | 'nothing'
  readonly note: string
}

/** One number of a run. */
export interface ProtocolScore {
  readonly id: string
  readonly title: string
  /** The score in [0, 1] of a run's results by length; lengths that the score does not use are left out. */
  of(sizes: readonly SizeResult[]): number
}

/** How a table is made. */
export interface Protocol {
  /** Such as `deletang`. */
  readonly id: string
  readonly title: string
  readonly source: string
  /** Whether this is the original, defects and all. */
  readonly original: boolean
  /** The one view it uses, or several: then each language's main one. */
  readonly view: View | 'main'
  /** The protocol's languages; empty where it takes those that are registered. */
  readonly languages: readonly Language[]
  readonly trainLengths: LengthRange
  readonly splits: readonly Split[]
  /** Test lengths as multiples of each language's own training size, where the protocol counts so. */
  readonly testMultiples?: readonly number[]
  readonly training: TrainingRecipe
  /** Steps and batch of a language where they are not the same for all. */
  budgetOf?(language: Pick<Language, 'id' | 'level'>): { readonly steps: number; readonly batch: number }
  readonly models: readonly ProtocolModel[]
  readonly seeds: number
  readonly selection: SelectionRule
  readonly scores: readonly ProtocolScore[]
  /** What has to come out; judged by `judgeGates`. */
  readonly gates: readonly Gate[]
  readonly differences: readonly Difference[]
}

/** The option that every preset of a publication takes. */
export interface OriginalOption {
  /** Does it as the released code does, where that can be reproduced; otherwise defects are mended. */
  readonly original?: boolean
}

declare module '@elman/core' {
  interface ExtensionPoints {
    protocol: { product: Protocol }
  }
}

/** Extension point: protocols. A plugin adds one by `add(PROTOCOL, component)`. */
export const PROTOCOL: ExtensionPoint<Descriptor<unknown, Protocol> & DescriptorOf<'protocol'>> =
  defineExtensionPoint('protocol')
