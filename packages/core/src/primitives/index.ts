import type { PrimitiveTable } from '../ir/primitive.ts'
import { checkpoint } from './checkpoint.ts'
import * as binary from './elementwise-binary.ts'
import * as unary from './elementwise-unary.ts'
import * as indexing from './indexing.ts'
import { matmul_ } from './matmul.ts'
import * as random from './random.ts'
import * as reduction from './reduction.ts'
import { scan } from './scan.ts'
import { softmax_, softmaxCrossEntropy } from './softmax.ts'
import * as structure from './structure.ts'

/** Every primitive with all its rules. The type checks that none is missing. */
export const primitives: PrimitiveTable = {
  constant: binary.constant,
  neg: unary.neg_,
  sign: unary.sign,
  exp: unary.exp_,
  log: unary.log,
  sqrt: unary.sqrt,
  sin: unary.sin,
  tanh: unary.tanh,
  sigmoid: unary.sigmoid,
  erf: unary.erf,
  not: unary.not,
  cast: unary.cast_,
  stopGradient: unary.stopGradient,
  add: binary.add_,
  sub: binary.sub_,
  mul: binary.mul_,
  div: binary.div_,
  pow: binary.pow_,
  maximum: binary.maximum,
  minimum: binary.minimum,
  equal: binary.equal_,
  less: binary.less_,
  and: binary.and,
  select: binary.select_,
  matmul: matmul_,
  reshape: structure.reshape_,
  transpose: structure.transpose_,
  broadcastTo: structure.broadcastTo,
  slice: structure.slice,
  pad: structure.pad_,
  concat: structure.concat_,
  split: structure.split_,
  reverse: structure.reverse_,
  reduceSum: reduction.reduceSum,
  reduceMax: reduction.reduceMax,
  argMax: reduction.argMax,
  cumulativeSum: reduction.cumulativeSum_,
  gather: indexing.gather_,
  scatterAdd: indexing.scatterAdd_,
  gatherElements: indexing.gatherElements_,
  scatterAddElements: indexing.scatterAddElements_,
  softmax: softmax_,
  softmaxCrossEntropy,
  foldIn: random.foldIn,
  randomBits: random.randomBits,
  randomUniform: random.randomUniform,
  bernoulliMask: random.bernoulliMask,
  checkpoint,
  scan,
}
