import { ElmanError } from '@elman/core'
import type { LabelledPrediction } from './predictions.ts'

/**
 * The mean of probabilities of the same texts, and the most probable label; of equals that of the first classifier's
 * order of labels. Texts keep the order of the first list; the others are found by id.
 *
 * @param names - Of the lists, for errors.
 * @throws `PREDICTIONS_MISFIT` when lists are not of the same texts and labels, or without probabilities
 */
export function averageLabelledPredictions(
  lists: readonly (readonly LabelledPrediction[])[],
  names: readonly string[],
): LabelledPrediction[] {
  const byId = lists.map(list => new Map(list.map(prediction => [prediction.id, prediction])))
  for (const [index, map] of byId.entries()) {
    if (map.size === byId[0]!.size) continue
    throw misfit(`${byId[0]!.size} texts in ${names[0]}`, `${map.size} texts in ${names[index]}`)
  }
  return (lists[0] ?? []).map(({ id, probabilities: first }) => {
    const labels = Object.keys(first ?? {})
    const sums = new Map(labels.map(label => [label, 0]))
    for (const [index, map] of byId.entries()) {
      const found = map.get(id)?.probabilities
      if (labels.length === 0 || found === undefined || Object.keys(found).length !== labels.length)
        throw misfit(
          `text ${id} with probabilities of ${labels.length || 'its'} labels`,
          `none such in ${names[index]}`,
        )
      for (const label of labels) {
        const value = found[label]
        if (value === undefined)
          throw misfit(`label ${label} of text ${id}`, `no such label in ${names[index]}`)
        sums.set(label, sums.get(label)! + value)
      }
    }
    const probabilities = Object.fromEntries([...sums].map(([label, sum]) => [label, sum / lists.length]))
    const label = labels.reduce((best, each) => (probabilities[each]! > probabilities[best]! ? each : best))
    return { id, label, probabilities }
  })
}

function misfit(expected: string, found: string): ElmanError {
  return new ElmanError('PREDICTIONS_MISFIT', {
    message: 'the predictions to average are not of the same texts and labels',
    expected,
    found,
    hint: 'give predictions of classifiers that were given the same labelled texts',
  })
}
