// The elman command as a function, for tests and for programs that bring a command of their own.
export { EXIT, exitCodeOf } from './exit-codes.ts'
export { main } from './main.ts'
export { builtInPlugins } from './preset.ts'
