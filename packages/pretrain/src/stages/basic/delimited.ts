import { ElmanError } from '@elman/core'

/**
 * Rows of a CSV (RFC 4180: fields in double quotes may hold delimiters, line ends and doubled quotes).
 *
 * @param delimiter - `,` or a tab.
 * @param where - Name of the file, for errors.
 * @throws `LABELLED_TEXT_INVALID` for a quote that is not closed, or text behind one
 */
export function parseDelimited(text: string, delimiter: string, where: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let line = 1
  const end = text.length
  for (let at = 0; at < end; ) {
    let field: string
    if (text[at] === '"') {
      const start = line
      let close = at + 1
      field = ''
      for (;;) {
        const quote = text.indexOf('"', close)
        if (quote < 0) throw invalid(where, start, 'a quote that is not closed')
        field += text.slice(close, quote)
        close = quote + 1
        if (text[close] !== '"') break
        field += '"'
        close += 1
      }
      line += field.split('\n').length - 1
      at = close
      if (at < end && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r')
        throw invalid(where, line, `text behind a closing quote: ${text.slice(at, at + 20)}`)
    } else {
      let stop = at
      while (stop < end && text[stop] !== delimiter && text[stop] !== '\n' && text[stop] !== '\r') stop++
      field = text.slice(at, stop)
      at = stop
    }
    row.push(field)
    if (text[at] === delimiter) {
      at += 1
      if (at < end) continue
      row.push('') // a delimiter at the end of the file
    }
    if (text[at] === '\r') at += 1
    if (text[at] === '\n') at += 1
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
    line += 1
  }
  return rows
}

function invalid(where: string, line: number, found: string): ElmanError {
  return new ElmanError('LABELLED_TEXT_INVALID', {
    message: 'a line is no labelled text',
    expected: 'fields as in RFC 4180: those with quotes, delimiters or line ends inside double quotes',
    found,
    where: `${where}, line ${line}`,
  })
}
