/** Whether a network's control table does what the reference's does: walked by the checker on its own. */
import type { Language } from '../languages/language.ts'
import type { Certificate } from './format.ts'

/** What is wrong; undefined without such evidence. */
export function memoryProblems(
  { evidence: { memory } }: Certificate,
  _language?: Language,
): string[] | undefined {
  return memory === undefined ? undefined : ['memory: not looked at']
}
