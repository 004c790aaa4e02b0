import { ElmanError } from '@elman/core'
import { mostProbable, type Prediction } from './predict.ts'

/**
 * Predictions of several classifiers, such as a forward and a backward one, by the mean of their probabilities.
 *
 * @throws `ULMFIT_ENSEMBLE_MISFIT` when they are not of the same documents in the same order, or of other classes
 */
export function averagePredictions(predictions: readonly (readonly Prediction[])[]): Prediction[] {
  const [first = [], ...others] = predictions
  return first.map(({ id, probabilities }, index) => {
    const all = [probabilities, ...others.map(other => sameDocument(other[index], id, probabilities.length))]
    const mean = probabilities.map(
      (_, label) => all.reduce((sum, each) => sum + each[label]!, 0) / all.length,
    )
    return { id, probabilities: mean, label: mostProbable(mean) }
  })
}

function sameDocument(other: Prediction | undefined, id: string, classes: number): readonly number[] {
  if (other?.id === id && other.probabilities.length === classes) return other.probabilities
  throw new ElmanError('ULMFIT_ENSEMBLE_MISFIT', {
    message: 'the predictions to average are not of the same documents and classes',
    expected: `document ${JSON.stringify(id)} with ${classes} classes`,
    found:
      other === undefined
        ? 'no prediction'
        : `document ${JSON.stringify(other.id)} with ${other.probabilities.length} classes`,
  })
}
