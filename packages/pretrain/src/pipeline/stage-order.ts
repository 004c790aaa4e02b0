import { ElmanError } from '@elman/core'

/** A stage and those whose outputs it takes. */
export interface StageNeeds {
  readonly name: string
  readonly needs: readonly string[]
}

/**
 * Names in an order in which each comes after those it needs, else in the order given. Names that are not there are
 * passed over. A circle is put into `problems` (`PIPELINE_CIRCLE`).
 */
export function orderStages(stages: readonly StageNeeds[], problems: ElmanError[]): string[] {
  const byName = new Map(stages.map(stage => [stage.name, stage]))
  const done = new Set<string>()
  const told = new Set<string>()
  const visit = (name: string, above: readonly string[]) => {
    const stage = byName.get(name)
    if (stage === undefined || done.has(name)) return
    const start = above.indexOf(name)
    if (start >= 0) {
      const circle = above.slice(start)
      const key = [...circle].sort().join(' ')
      if (!told.has(key)) problems.push(circular([...circle, name], stages))
      told.add(key)
      return
    }
    for (const need of stage.needs) visit(need, [...above, name])
    done.add(name)
  }
  for (const { name } of stages) visit(name, [])
  return [...done]
}

function circular(circle: readonly string[], stages: readonly StageNeeds[]): ElmanError {
  const index = stages.findIndex(({ name }) => name === circle[0])
  return new ElmanError('PIPELINE_CIRCLE', {
    message: `stages.${index}.inputs: stages need each other's outputs`,
    found: circle.join(' needs '),
    hint: 'take one of these inputs away',
  })
}
