/** The training loop, top to bottom: update, log, evaluation, checkpoint, until the end or the stop. */
import type { TrainOptions, TrainResult } from './train-options.ts'
import { openSession } from './train-session.ts'

/** Milliseconds of work after which signals and timers, which a backend on this thread would starve, are let in. */
const BREATH = 50

/**
 * Trains.
 *
 * Records are written before the checkpoint of the same step, so that a run that is killed and resumed leaves the
 * files of one that was not.
 *
 * @throws `TRAINING_DIVERGED` when the loss or the gradient is not finite; `CHECKPOINT_OTHER_MODEL`
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { steps, signal, evaluateEvery, logEvery = 100, checkpointEvery = Number.POSITIVE_INFINITY } = options
  const session = await openSession(options)
  const { stepsPerEpoch, note, emit } = session
  const text = startText(options, stepsPerEpoch)
  let breath = performance.now()
  try {
    if (!session.resumed) {
      note('start', text)
      await session.save(options.evaluateFirst === true ? await session.evaluate() : undefined)
    } else if (session.step() < steps) note('resume', `from the checkpoint of step ${session.step()}`)
    await emit({ kind: 'start', step: session.step(), totalSteps: steps, stepsPerEpoch, text })

    while (session.step() < steps && !session.isExhausted()) {
      await session.update()
      const step = session.step()
      const isLast = step === steps
      const evaluates =
        isLast || (evaluateEvery === undefined ? session.endsPass() : step % evaluateEvery === 0)
      if (evaluates || step % logEvery === 0) await session.log()
      const score = evaluates ? await session.evaluate() : undefined

      const stopsEarly = !isLast && session.isExhausted()
      const interrupted = !isLast && !stopsEarly && signal?.aborted === true
      if (stopsEarly) note('early-stop', session.scoreText())
      if (isLast || stopsEarly) note('finish', `${step} steps`)
      if (interrupted) note('interrupt', `stopped by request after step ${step}`)
      if (evaluates || interrupted || step % checkpointEvery === 0) await session.save(score)
      if (interrupted) {
        const message = `stopped after step ${step} of ${steps}; the run can be resumed from there`
        await emit({ kind: 'interrupt', step, message })
        return session.result('interrupted')
      }
      if (performance.now() - breath > BREATH) {
        await new Promise(resolve => setImmediate(resolve))
        breath = performance.now()
      }
    }

    const step = session.step()
    const isEarly = step < steps
    if (isEarly) await emit({ kind: 'early-stop', step, message: session.scoreText() })
    await emit({ kind: 'finish', step, message: `${step} steps` })
    return session.result(isEarly ? 'stopped-early' : 'finished')
  } finally {
    await session.dispose()
  }
}

/** How the loss is normalised, clipped and averaged: what learning rates and clips of the literature depend on. */
function startText({ steps, source, optimizer, lossScale = 1 }: TrainOptions, stepsPerEpoch: number): string {
  const scaled =
    lossScale === 1 ? 'the mean loss' : `the mean loss times ${lossScale} (summed over time, mean over rows)`
  const clip = optimizer.clip === undefined ? 'no clip' : `clip ${optimizer.clip}`
  const about = source.batchesBefore === undefined ? '' : 'about '
  const passes = `${steps} updates, ${about}${Number(stepsPerEpoch.toFixed(2))} in a pass over the data`
  return `${passes}; gradient of ${scaled}, ${clip}${averagedText(optimizer)}`
}

function averagedText({ averaging }: TrainOptions['optimizer']): string {
  if (averaging === undefined) return ''
  if (averaging.patience === undefined) return '; weights averaged from the start'
  return `; weights averaged once a score is above the lowest of all but the last ${averaging.patience}`
}
