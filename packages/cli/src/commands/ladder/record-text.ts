/** Records of probes as lines and tables for a terminal. */
import {
  bestBaselineSizes,
  bestMode,
  exactInterval,
  frontierMultiple,
  isSolved,
  type Mode,
  type ProbeRecord,
  share,
  sizesOf,
} from '@elman/eval'
import { table } from '../../table.ts'

/** One line for all seeds of a probe. */
export function recordLine(group: string, records: readonly ProbeRecord[]): string {
  const solved = records.filter(isSolved).length
  const frontiers = records.map(record => frontierMultiple(record, bestMode(record))).sort((a, b) => a - b)
  const middle = frontiers[frontiers.length >> 1] ?? 0
  const seconds = records.reduce((sum, { timing }) => sum + timing.seconds, 0)
  const certificates = [...new Set(records.flatMap(({ certificate }) => certificate?.level ?? []))]
  const parts = [
    group.padEnd(38),
    `solved ${solved}/${records.length}`,
    `frontier ${Number(middle.toFixed(2))}N`,
    ...certificates,
    `${seconds.toFixed(1)} s`,
  ]
  return parts.join('  ')
}

/** A record as a table by size with the best baseline beside it, and the figures under it. */
export function recordText(record: ProbeRecord): string {
  const modes: Mode[] = record.hard === undefined ? ['soft'] : ['soft', 'hard']
  const baseline = bestBaselineSizes(record)
  const names = modes.map(mode => (modes.length === 1 ? '' : ` ${mode}`))
  const head = [
    ...['size', 'length'],
    ...names.flatMap(name => [`strings${name}`, `tokens${name}`]),
    `${record.bestBaseline}: strings`,
    'tokens',
  ]
  const rows = record.soft.map((soft, index) => {
    const cells = modes.flatMap(mode => {
      const { strings, tokens } = sizesOf(record, mode)[index]!
      return [`${strings.right}/${strings.total}`, percent(share(tokens))]
    })
    const best = baseline.find(({ size }) => size === soft.size)
    const beside =
      best === undefined
        ? ['', '']
        : [`${best.strings.right}/${best.strings.total}`, percent(share(best.tokens))]
    const multiple = soft.size / record.training.trainSize
    return [`${soft.size} (${Number(multiple.toFixed(2))}N)`, String(soft.length), ...cells, ...beside]
  })
  const { solvedAt, loss, parameters, certificate, training, skill, hardSkill } = record
  const hard = record.hardFrontier === undefined ? '' : `, hard ${record.hardFrontier}`
  const last = sizesOf(record, bestMode(record)).at(-1)
  const bound = last === undefined ? undefined : exactInterval(last.strings)
  return [
    `${record.probe}  (${parameters} parameters, ${training.steps} steps, ${record.timing.seconds.toFixed(1)} s)`,
    '',
    table([head, ...rows]),
    '',
    `frontier  ${record.frontier}${hard} of training size ${training.trainSize}`,
    `skill     ${skillText(skill)}${hardSkill === undefined ? '' : `, hard ${skillText(hardSkill)}`} over ${record.bestBaseline}`,
    `solved    ${solvedAt === null ? 'never' : `from step ${solvedAt}`} on validation strings of 2N${loss === null ? '' : `; last loss ${loss.toPrecision(3)}`}`,
    ...(bound === undefined
      ? []
      : [
          `rate      at the largest size ${bound.lower.toFixed(3)} to ${bound.upper.toFixed(3)} (exact 95 %)`,
        ]),
    ...(certificate === undefined ? [] : [`certified ${certificate.level}: ${certificate.summary}`]),
  ].join('\n')
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`
}

function skillText(skill: number | null): string {
  return skill === null ? 'not defined' : skill.toFixed(3)
}
