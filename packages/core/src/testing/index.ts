export * from './cell-sweep.ts'
export * from './check-gradients.ts'
export * from './expect-close.ts'
export * from './primitive-cases.ts'
