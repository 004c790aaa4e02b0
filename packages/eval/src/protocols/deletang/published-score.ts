/** The published number that a result of ours may stand beside. */
import { DELETANG_MODELS } from './deletang-protocol.ts'
import {
  DELETANG_NETWORKS,
  DELETANG_TABLE,
  type DeletangNetwork,
  type PublishedRow,
} from './published-table.ts'

/** A cell of the published table. */
export interface PublishedScore {
  readonly network: DeletangNetwork
  /** Percent, as printed. */
  readonly score: number
  readonly source: PublishedRow['source']
  /** How likely it is as printed, in [0, 1]. */
  readonly confidence: number
  /** Whether the learner has the layers and units of the published network. */
  readonly sameSize: boolean
}

interface RecurrentConfig {
  readonly type?: unknown
  readonly layers?: unknown
  readonly cell?: { readonly type?: unknown; readonly hidden?: unknown }
}

/**
 * The table's number for a task and a learner with the equations of one of its networks, of any width; undefined for
 * other learners, and for the Transformer, which looks both ways there.
 *
 * @param learnerConfig as in a record
 */
export function publishedScore(task: string, learnerConfig: unknown): PublishedScore | undefined {
  const { type, layers = 1, cell } = learnerConfig as RecurrentConfig
  const model = DELETANG_MODELS.find(({ learner }) => {
    const own = learner as RecurrentConfig | undefined
    return own?.type === type && own?.cell?.type === cell?.type && cell !== undefined
  })
  const network = DELETANG_NETWORKS.find(name => name === model?.name)
  const row = DELETANG_TABLE.find(own => own.task === task)
  if (network === undefined || row === undefined) return undefined
  const published = model?.learner as RecurrentConfig
  return {
    network,
    score: row.scores[network],
    source: row.source,
    confidence: row.confidence,
    sameSize: layers === 1 && cell?.hidden === published.cell?.hidden,
  }
}
