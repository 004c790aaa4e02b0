/** Words in context with their senses: a JSON object a line, `{ id, lemma, sense, head, text }`. */
import { readFile } from 'node:fs/promises'
import { ElmanError, fileError, random } from '@elman/core'
import { z } from 'zod'

/** An instance of a word with a sense. */
export interface SenseInstance {
  readonly id: string
  readonly lemma: string
  readonly sense: string
  /** Place of the word among the tokens, from 0. */
  readonly head: number
  readonly tokens: readonly string[]
}

/** Instances to learn senses from, and others to test. */
export interface SenseSplit {
  readonly train: readonly SenseInstance[]
  readonly test: readonly SenseInstance[]
}

const line = z.object({
  id: z.string().min(1),
  lemma: z.string().min(1),
  sense: z.string().min(1),
  head: z.int().min(0),
  text: z.string().min(1),
})

/**
 * Reads instances; the tokens of `text` stand between single spaces.
 *
 * @param where - Name of the file, for errors.
 * @throws `SENSES_INVALID` with the line
 */
export function parseSenses(text: string, where: string): SenseInstance[] {
  const instances: SenseInstance[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    if (raw.trim() === '') continue
    const at = `${where}, line ${index + 1}`
    let json: unknown
    try {
      json = JSON.parse(raw)
    } catch (error) {
      throw invalid(at, (error as Error).message)
    }
    const parsed = line.safeParse(json)
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!
      throw invalid(at, `${path.join('.') || 'the line'}: ${message}`)
    }
    const { text: context, ...rest } = parsed.data
    const tokens = context.split(' ')
    if (rest.head >= tokens.length) throw invalid(at, `head ${rest.head} of ${tokens.length} tokens`)
    instances.push({ ...rest, tokens })
  }
  return instances
}

/** Reads a file. @throws `FILE_UNREADABLE`, `SENSES_INVALID` */
export async function readSenses(path: string): Promise<SenseInstance[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  return parseSenses(text, path)
}

/**
 * Splits instances, sense by sense of each lemma, so that both parts have the senses in equal shares; of a sense with
 * few instances at least one is for learning.
 *
 * @param trainShare - Share to learn from, above 0 and below 1.
 */
export function splitSenses(
  instances: readonly SenseInstance[],
  { seed, trainShare = 0.8 }: { readonly seed: number; readonly trainShare?: number | undefined },
): SenseSplit {
  const groups = new Map<string, number[]>()
  for (const [index, instance] of instances.entries()) {
    const name = senseName(instance)
    groups.set(name, [...(groups.get(name) ?? []), index])
  }
  const inTrain = new Set<number>()
  for (const [name, members] of groups) {
    const order = random.permutation(
      random.foldIn(random.foldIn(random.key(seed), 'senses'), name),
      members.length,
    )
    const taken = Math.max(1, Math.round(trainShare * members.length))
    for (let i = 0; i < taken; i++) inTrain.add(members[order[i]!]!)
  }
  return {
    train: instances.filter((_, index) => inTrain.has(index)),
    test: instances.filter((_, index) => !inTrain.has(index)),
  }
}

/** A sense with its lemma: senses of two lemmas are never the same. */
export function senseName({ lemma, sense }: Pick<SenseInstance, 'lemma' | 'sense'>): string {
  return `${lemma}\t${sense}`
}

/** Tokens around the head, at most so many, and where the head is among them. */
export function contextOf(
  { tokens, head }: SenseInstance,
  most: number,
): { readonly tokens: readonly string[]; readonly head: number } {
  if (tokens.length <= most) return { tokens, head }
  const start = Math.min(Math.max(0, head - Math.floor(most / 2)), tokens.length - most)
  return { tokens: tokens.slice(start, start + most), head: head - start }
}

function invalid(where: string, found: string): ElmanError {
  return new ElmanError('SENSES_INVALID', {
    message: 'a line is no instance of a word with a sense',
    expected: '{"id": …, "lemma": …, "sense": …, "head": place of the word, "text": tokens between spaces}',
    found,
    where,
  })
}
