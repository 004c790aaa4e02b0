/** The data a run was trained on: files with hashes, tokens, what is out of vocabulary, and the licence. */
import { z } from 'zod'
import { type Html, html } from './html.ts'
import { bytes, count, percent } from './number-text.ts'

const optionalNumber = z.number().optional().catch(undefined)
const optionalText = z.string().optional().catch(undefined)

const dataFile = z.object({
  split: optionalText,
  path: optionalText,
  bytes: optionalNumber,
  sha256: optionalText,
  tokens: optionalNumber,
})

const dataCard = z.object({
  name: optionalText,
  license: optionalText,
  files: z.array(dataFile).optional().catch(undefined),
  vocabulary: z.object({ kind: optionalText, size: optionalNumber }).optional().catch(undefined),
  outOfVocabularyRate: z.record(z.string(), z.number()).optional().catch(undefined),
})

/** Shows `data.json`; fields that are missing or of another shape are left out, an unreadable file is a sentence. */
export function dataSection(data: unknown): Html {
  const parsed = dataCard.safeParse(data)
  if (!parsed.success)
    return html`<p class="missing">The run has no readable data.json: its data are not known.</p>`
  const { name, license, files = [], vocabulary, outOfVocabularyRate = {} } = parsed.data
  const rates = new Map(Object.entries(outOfVocabularyRate))
  const rows = files.map(
    file =>
      html`<tr><td>${file.split}</td><td class="path">${file.path}</td><td class="n">${bytes(file.bytes ?? Number.NaN)}</td><td class="n">${count(file.tokens ?? Number.NaN)}</td><td class="n">${percent(rates.get(file.split ?? '') ?? Number.NaN)}</td><td class="hash">${file.sha256}</td></tr>`,
  )
  const table = html`<div class="scroll"><table><thead><tr><th scope="col">Split</th><th scope="col">File</th><th scope="col" class="n">Size</th><th scope="col" class="n">Tokens</th><th scope="col" class="n">Out of vocabulary</th><th scope="col">SHA-256</th></tr></thead><tbody>${rows}</tbody></table></div>`
  const words =
    vocabulary && `${vocabulary.kind ?? 'unknown kind'}, ${count(vocabulary.size ?? Number.NaN)} entries`
  return html`<dl class="facts">
<div><dt>Corpus</dt><dd>${name ?? 'not named'}</dd></div>
<div><dt>Licence</dt><dd>${license ?? 'not stated'}</dd></div>
<div><dt>Vocabulary</dt><dd>${words ?? 'not stated'}</dd></div>
</dl>
${rows.length > 0 ? table : html`<p class="missing">No files are listed.</p>`}`
}
