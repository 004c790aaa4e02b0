// ONNX Runtime accepts unknown options and unknown keys of `extra` in silence, so all checks are made here.
import { didYouMean, ElmanError } from '@elman/core'
import type { InferenceSession } from 'onnxruntime-node'

/** Where a session's kernels run. */
export type SessionDevice = 'cpu' | 'webgpu' | 'cuda'

/** How a session is made. All of it goes into the key of the session cache. */
export interface SessionOptions {
  /** `cpu` unless given. A device that is not there is an error; nothing falls back in silence. */
  readonly device?: SessionDevice
  /** Which of several CUDA devices; 0 unless given. */
  readonly deviceId?: number
  /**
   * Threads inside one operator; 1 unless given. The low bits of results depend on it: record it with the run.
   */
  readonly threads?: number
  /** Whether idle threads spin (false unless given): it gains nothing measurable and costs 2x under load. */
  readonly spinning?: boolean
  /** Asks kernels for results that do not depend on scheduling (`session.use_deterministic_compute`). */
  readonly deterministic?: boolean
  /** ONNX Runtime's own graph rewriting; `disabled` unless given, since our passes come before. */
  readonly graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'all'
  /** Keep freed memory for the next run (true unless given; false is 25 % slower). */
  readonly memoryArena?: boolean
  /** Plan one block for all intermediate results (true unless given; false is 4 % slower, smaller). */
  readonly memoryPattern?: boolean
  /** Write a profile in Chrome's trace format to files with this prefix; complete after release. */
  readonly profile?: string
  /** What the session is for, as errors call it: `training step`. */
  readonly label?: string
}

/** {@link SessionOptions} with every default filled in. */
export type ResolvedSessionOptions = Required<Omit<SessionOptions, 'profile'>> &
  Pick<SessionOptions, 'profile'>

const DEFAULTS: Required<Omit<SessionOptions, 'profile'>> = {
  device: 'cpu',
  deviceId: 0,
  threads: 1,
  spinning: false,
  deterministic: false,
  graphOptimizationLevel: 'disabled',
  memoryArena: true,
  memoryPattern: true,
  label: 'session',
}

const NAMES = [...Object.keys(DEFAULTS), 'profile']
const DEVICES = ['cpu', 'webgpu', 'cuda']
const LEVELS = ['disabled', 'basic', 'extended', 'all']

/**
 * Checks options and fills in the defaults.
 *
 * @throws `ORT_OPTION_UNKNOWN` for a name that is none; `ORT_OPTION_INVALID` for a value out of range.
 */
export function resolveSessionOptions(options: SessionOptions = {}): ResolvedSessionOptions {
  for (const name of Object.keys(options)) if (!NAMES.includes(name)) throw unknownOption(name)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const resolved: ResolvedSessionOptions = { ...DEFAULTS, ...given }
  check('device', resolved.device, DEVICES.includes(resolved.device), DEVICES.join(', '))
  check('deviceId', resolved.deviceId, isCount(resolved.deviceId, 0, 255), 'a whole number, 0 to 255')
  check('threads', resolved.threads, isCount(resolved.threads, 1, 1024), 'a whole number, 1 to 1024')
  const level = resolved.graphOptimizationLevel
  check('graphOptimizationLevel', level, LEVELS.includes(level), LEVELS.join(', '))
  for (const name of ['spinning', 'deterministic', 'memoryArena', 'memoryPattern'] as const) {
    check(name, resolved[name], typeof resolved[name] === 'boolean', 'true or false')
  }
  check('label', resolved.label, typeof resolved.label === 'string', 'text')
  const { profile } = resolved
  check(
    'profile',
    profile,
    profile === undefined || (typeof profile === 'string' && profile !== ''),
    'a file prefix',
  )
  return resolved
}

/** The same options as ONNX Runtime spells them. */
export function nativeOptions(options: ResolvedSessionOptions): InferenceSession.SessionOptions {
  const spinning = options.spinning ? '1' : '0'
  return {
    executionProviders: [
      options.device === 'cuda' ? { name: 'cuda', deviceId: options.deviceId } : options.device,
    ],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: options.graphOptimizationLevel,
    enableCpuMemArena: options.memoryArena,
    enableMemPattern: options.memoryPattern,
    logSeverityLevel: 4, // errors reach the user as exceptions, so no second copy on the terminal
    extra: {
      session: {
        intra_op: { allow_spinning: spinning },
        inter_op: { allow_spinning: spinning },
        use_deterministic_compute: options.deterministic ? '1' : '0',
      },
    },
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
  }
}

function isCount(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

function check(name: string, value: unknown, valid: boolean, expected: string): void {
  if (valid) return
  throw new ElmanError('ORT_OPTION_INVALID', {
    message: `session option ${name} has a value it cannot take`,
    expected,
    found: JSON.stringify(value) ?? String(value),
  })
}

function unknownOption(name: string): ElmanError {
  const near = didYouMean(name, NAMES)
  const bake = 'ONNX Runtime for Node ignores freeDimensionOverrides: give the graph static shapes instead'
  const hints = [
    ...(name === 'freeDimensionOverrides' ? [bake] : []),
    ...(near === undefined ? [] : [`did you mean ${near}?`]),
    `options: ${NAMES.join(', ')}`,
  ]
  return new ElmanError('ORT_OPTION_UNKNOWN', { message: `"${name}" is not a session option`, hint: hints })
}
