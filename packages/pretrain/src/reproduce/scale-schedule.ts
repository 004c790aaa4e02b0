/** A learning-rate schedule that was made for some number of epochs, made to fit another one with its shape kept. */

type Schedule = { readonly type: string; readonly [option: string]: unknown }

/**
 * The schedule over `to` epochs in place of `from`. Times given in epochs are scaled, and what is multiplied over the
 * whole training stays the same. Schedules that span the training by themselves, follow the score, or are unknown are
 * left as they are.
 */
export function scaleSchedule(schedule: unknown, from: number, to: number): unknown {
  if (typeof schedule !== 'object' || schedule === null || from === to) return schedule
  const it = schedule as Schedule
  const ratio = to / from
  const inEpochs = it.unit === undefined || it.unit === 'epoch'
  const scaled = (value: unknown) => Math.max(1, Math.round((value as number) * ratio))
  switch (it.type) {
    case 'hold-then-divide': {
      if (!inEpochs) return it
      const [hold, divisor] = [it.hold as number, it.divisor as number]
      const shorter = Math.min(scaled(hold), Math.max(1, to - 1))
      // divisions happen at the start of each epoch after the held ones: from − hold of them, to − shorter now
      const power = to > shorter ? Math.max(0, from - hold) / (to - shorter) : 1
      return { ...it, hold: shorter, divisor: rounded(divisor ** power) }
    }
    case 'step':
      return inEpochs ? { ...it, every: scaled(it.every) } : it
    case 'multi-step':
      return inEpochs
        ? { ...it, milestones: (it.milestones as readonly number[]).map(each => Math.round(each * ratio)) }
        : it
    case 'exponential':
      return inEpochs ? { ...it, factor: rounded((it.factor as number) ** (1 / ratio)) } : it
    case 'warm-up':
      return {
        ...it,
        over: Math.max(1, Math.round((it.over as number) * ratio)),
        schedule: scaleSchedule(it.schedule, from, to),
      }
    default:
      return it
  }
}

/** Four significant digits: the config is read by people. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
