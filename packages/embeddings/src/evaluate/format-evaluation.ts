import type { Evaluation } from './evaluate-all.ts'
import type { AnalogyTally } from './evaluate-analogies.ts'

/** The scores as Markdown tables, with coverage and rules beside them; coefficients and shares times 100. */
export function formatEvaluation({ similarity, analogies, meanSpearman, meanOver }: Evaluation): string {
  const lines: string[] = []
  const [first] = similarity
  if (first !== undefined) {
    const interval = similarity.some(score => score.interval !== undefined)
    lines.push(
      row('similarity set', 'pairs', 'known', 'Spearman', ...(interval ? ['interval'] : []), 'Pearson'),
      rule(interval ? 6 : 5),
      ...similarity.map(score =>
        row(
          score.set,
          score.pairs,
          `${score.covered} (${percent(score.covered / score.pairs, 0)} %)`,
          percent(score.spearman.value),
          ...(interval ? [`${percent(score.interval!.lower)} … ${percent(score.interval!.upper)}`] : []),
          percent(score.pearson.value),
        ),
      ),
      row(
        `mean of ${meanOver} ${meanOver === 1 ? 'set' : 'sets'}`,
        '',
        '',
        percent(meanSpearman),
        ...(interval ? [''] : []),
        '',
      ),
      '',
      `Pairs with an unknown word: ${first.unknown}. ${lookup(first)}`,
    )
  }
  const [question] = analogies
  if (question !== undefined) {
    lines.push(
      ...(lines.length > 0 ? [''] : []),
      row('analogies', 'questions', 'known', 'method', 'correct', 'semantic', 'syntactic'),
      rule(7),
      ...analogies.map(score =>
        row(
          score.set,
          score.total.questions,
          `${score.total.covered} (${percent(score.total.covered / score.total.questions, 0)} %)`,
          score.method,
          ...[score.total, score.semantic, score.syntactic].map(share),
        ),
      ),
      '',
      `Questions with an unknown word: ${question.unknown}. ${lookup(question)}`,
    )
  }
  return `${lines.join('\n')}\n`
}

function row(...cells: (string | number)[]): string {
  return `| ${cells.join(' | ')} |`
}

function rule(columns: number): string {
  return `| --- |${' ---: |'.repeat(columns - 1)}`
}

function percent(value: number, digits = 2): string {
  return Number.isNaN(value) ? '–' : (100 * value).toFixed(digits)
}

function share({ accuracy }: AnalogyTally): string {
  return Number.isNaN(accuracy) ? '–' : `${percent(accuracy)} %`
}

function lookup(rules: { caseInsensitive: boolean; restrictVocabulary: number }): string {
  const words = rules.restrictVocabulary.toLocaleString('en-US')
  return `Words looked for among the first ${words}, case ${rules.caseInsensitive ? 'disregarded' : 'regarded'}.`
}
