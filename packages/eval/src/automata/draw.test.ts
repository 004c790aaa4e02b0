import { expect, test } from 'vitest'
import { automatonToDot, dfaFromTable, drawAutomaton, regexAutomaton } from './index.ts'

const parity = dfaFromTable({
  next: [
    [0, 1],
    [1, 0],
  ],
  classes: [0, 1],
})

test('the text has one edge for parallel ones and double circles for final states', () => {
  const dfa = regexAutomaton('a(a|b|c)*', ['a', 'b', 'c'])
  expect(automatonToDot(dfa, { symbols: ['a', 'b', 'c'] })).toMatchInlineSnapshot(`
    "digraph automaton {
      rankdir=LR; bgcolor=transparent; nodesep=0.35; ranksep=0.55; pad=0.1
      node [shape=circle, fontname="Helvetica,Arial,sans-serif", fontsize=12, color="#1b1b1d", fontcolor="#1b1b1d", margin=0.05, width=0.45]
      edge [fontname="Helvetica,Arial,sans-serif", fontsize=11, color="#1b1b1d", fontcolor="#1b1b1d", arrowsize=0.7]
      start [shape=point, width=0.06, label=""]
      s0 [label="0"]
      s1 [label="1", shape=doublecircle]
      s2 [label="2"]
      start -> s0
      s0 -> s1 [label="a"]
      s0 -> s2 [label="b, c"]
      s1 -> s1 [label="a, b, c"]
      s2 -> s2 [label="a, b, c"]
    }
    "
  `)
  expect(automatonToDot(dfa, { symbols: ['a', 'b', 'c'], omitDead: true })).not.toContain('-> s2')
})

test('states show their classes where these have names', () => {
  const walk = dfaFromTable({
    next: [
      [0, 1],
      [1, 2],
      [2, 0],
    ],
    classes: [0, 1, 2],
  })
  const dot = automatonToDot(walk, { classes: ['zero', 'one', 'two'], states: ['A', 'B', 'C'] })
  expect(dot).toContain(String.raw`s1 [label="B\none"]`)
  expect(dot).not.toContain('doublecircle')
})

test('the drawing has the colour of the page, its title, no ids, and is the same each time', async () => {
  const svg = await drawAutomaton(parity, { symbols: ['0', '1'], title: 'odd <number> of "ones"' })
  expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" class="automaton" viewBox="0.00 0.00')).toBe(
    true,
  )
  expect(svg).toContain('<title>odd &lt;number> of &quot;ones&quot;</title>')
  expect(svg.match(/<ellipse/g)).toHaveLength(4) // start point, one circle, one double circle
  expect(svg.match(/<path/g)).toHaveLength(5)
  expect(svg).toContain('stroke="currentColor"')
  expect(svg).not.toMatch(/black|#1b1b1d|id="/)
  const texts = [...svg.matchAll(/<text[^>]*>/g)]
  expect(texts).toHaveLength(6)
  for (const [tag] of texts) expect(tag).toContain('fill="currentColor"')
  expect(await drawAutomaton(parity, { symbols: ['0', '1'], title: 'odd <number> of "ones"' })).toBe(svg)
})

test('labels show any characters as they are', async () => {
  const names = ['"', '\\N', '&lt;', '<b>', ']]>', 'é→']
  const one = dfaFromTable({ next: [[0, 0, 0, 0, 0, 0]], classes: [1] })
  const svg = await drawAutomaton(one, { symbols: names })
  const text = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)]
    .map(match => match[1]!)
    .join(' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll('\u00a0', ' ')
  expect(text).toContain(`${names.slice(0, 3).join(', ')}`)
  for (const name of names) expect(text).toContain(name)
})

test('too few texts are refused', () => {
  expect(() => automatonToDot(parity, { symbols: ['0'] })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: AUTOMATON_LABELS  the automaton has more symbols than there are texts for them
      expected 2 texts
      found    1]
  `)
})
