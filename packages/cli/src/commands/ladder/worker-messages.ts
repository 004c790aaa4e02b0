/** What a sweep and its worker processes say to each other. */
import type { ErrorDetails } from '@elman/core'
import type { LadderPlugins, ProbeJob, ProbeRecord } from '@elman/eval'

/** To a worker. */
export type ToWorker =
  | {
      readonly kind: 'start'
      readonly plugins: LadderPlugins
      readonly backend?: string | undefined
      /** Where trained parameters and certificates go. */
      readonly directory: string
    }
  | { readonly kind: 'run'; readonly job: ProbeJob }

/** From a worker. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'records'; readonly records: readonly ProbeRecord[] }
  | {
      readonly kind: 'failed'
      readonly code?: string
      readonly details?: ErrorDetails
      readonly text: string
    }
