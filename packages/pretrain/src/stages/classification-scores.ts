/** Scores of predicted labels. */

/** A right label and the one that was predicted. */
export interface LabelPair {
  readonly expected: string
  readonly predicted: string
}

/** How well one label was found. */
export interface LabelScore {
  readonly label: string
  /** Texts that have it. */
  readonly support: number
  /** Share of the texts that were given it and have it; 0 where none was. */
  readonly precision: number
  /** Share of the texts that have it and were given it; 0 where none has. */
  readonly recall: number
  readonly f1: number
}

/** How well labels were predicted. */
export interface ClassificationScores {
  readonly texts: number
  readonly accuracy: number
  /** Mean F1 over the labels that texts have, each counting the same. */
  readonly macroF1: number
  readonly labels: readonly LabelScore[]
  /** `confusion[i][j]`: texts of label i that were given label j, in the order of `labels`. */
  readonly confusion: readonly (readonly number[])[]
}

/** Scores pairs of labels; all numbers are 0 for no pairs. */
export function classificationScores(pairs: readonly LabelPair[]): ClassificationScores {
  const names = [...new Set(pairs.flatMap(({ expected, predicted }) => [expected, predicted]))].sort()
  const index = new Map(names.map((name, place) => [name, place]))
  const confusion = names.map(() => names.map(() => 0))
  for (const { expected, predicted } of pairs) {
    confusion[index.get(expected)!]![index.get(predicted)!]! += 1
  }
  const labels = names.map((label, place): LabelScore => {
    const right = confusion[place]![place]!
    const support = confusion[place]!.reduce((sum, count) => sum + count, 0)
    const given = confusion.reduce((sum, row) => sum + row[place]!, 0)
    const [precision, recall] = [ratio(right, given), ratio(right, support)]
    return { label, support, precision, recall, f1: ratio(2 * right, support + given) }
  })
  const present = labels.filter(({ support }) => support > 0)
  const right = names.reduce((sum, _, place) => sum + confusion[place]![place]!, 0)
  return {
    texts: pairs.length,
    accuracy: ratio(right, pairs.length),
    macroF1: ratio(
      present.reduce((sum, { f1 }) => sum + f1, 0),
      present.length,
    ),
    labels,
    confusion,
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
