// Cutting text into the words of the embedding corpora: lower case, one line a sentence or paragraph.

/** Words of an already tokenised line, as corpus A wants them: lower-cased, `<unk>` and pure punctuation left out. */
export function wordsOfTokens(line: string): string[] {
  return line
    .toLowerCase()
    .split(/[ \t\r\n]+/)
    .filter(token => token !== '<unk>' && /[\p{L}\p{N}]/u.test(token))
}

/** A word: letters and digits, joined inside by single hyphens, dots, apostrophes or digit commas. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:(?:['’\-.&]|,(?=\d))[\p{L}\p{N}\p{M}]+)*/gu
/** What the Penn Treebank's rules split off the end of a word. */
const CLITIC = /^(.+?)(n't|'(?:s|re|ve|ll|d|m))$/

/** Words of running text, with clitics split as in tokenised corpora (`don't` is `do n't`, `king's` is `king 's`). */
export function wordsOfText(text: string): string[] {
  const words: string[] = []
  for (const [match] of text.toLowerCase().matchAll(WORD)) {
    const word = match.replaceAll('’', "'")
    const parts = CLITIC.exec(word)
    if (parts === null) words.push(word)
    else words.push(parts[1]!, parts[2]!)
  }
  return words
}

/** Sentences of running text: cut at empty lines, and after `.`, `!`, `?` before white space. */
export function sentencesOf(text: string): string[] {
  return text.split(/\n\s*\n|(?<=[.!?]["'”’)]*)\s+/).filter(sentence => sentence.trim() !== '')
}
