/** Panel: search with suggestions, the chosen word with its nearest, the legend, the address. Part of the browser's script. */
export const MAP_PANEL_SCRIPT = `
const el = id => document.getElementById(id)
const number = new Intl.NumberFormat('en-US')
const make = (tag, text, kind) => {
  const node = document.createElement(tag)
  if (text !== undefined) node.textContent = text
  if (kind !== undefined) node.className = kind
  return node
}
const lower = data.words.map(word => word.toLowerCase())
const often = i => data.counts ? number.format(data.counts[i]) + '×' : 'rank ' + number.format(data.ranks[i])

function choose(i, fly) {
  chosen = i
  lit = new Set(i < 0 ? [] : nearOf(i))
  el('chosen').hidden = i < 0
  const query = i < 0 ? '' : '#word=' + encodeURIComponent(data.words[i])
  try { history.replaceState(null, '', query || location.pathname + location.search) } catch { /* a sandboxed frame */ }
  if (i >= 0) describe(i)
  el('note').textContent = ''
  el('spoken').textContent = i < 0 ? '' : 'Nearest to ' + shown(data.words[i]) + ': ' + nearOf(i).slice(0, 3).map(n => shown(data.words[n])).join(', ')
  if (i >= 0 && fly) flyTo(around(i))
  ask()
}

/** The view that holds a word in its middle and most of its neighbours. */
function around(i) {
  const away = nearOf(i).map(n => Math.max(Math.abs(X[n] - X[i]) / width, Math.abs(Y[n] - Y[i]) / height) * 2).sort((a, b) => a - b)
  const most = away[Math.floor((away.length - 1) * 0.7)] || 1e-6
  return { x: X[i], y: Y[i], scale: Math.min(Math.max(0.75 / most, whole * 1.5), whole * 14) }
}

function describe(i) {
  el('word').textContent = data.words[i]
  const facts = [data.counts ? number.format(data.counts[i]) + ' times in the text' : 'rank ' + number.format(data.ranks[i]),
    'cluster of ' + data.clusters.groups[data.clusters.of[i]].name]
  el('facts').textContent = facts.join(' · ')
  el('near').replaceChildren(...nearOf(i).map((other, n) => {
    const similarity = data.similarities[i * data.near + n] / 1000
    const button = make('button')
    button.type = 'button'
    const bar = make('i')
    bar.style.width = Math.max(0, similarity * 100) + '%'
    button.append(make('span', data.words[other]), make('span', similarity.toFixed(2)), bar)
    button.addEventListener('click', () => choose(other, true))
    const item = make('li')
    item.append(button)
    return item
  }))
}

// Search
const input = el('query'), list = el('suggestions')
let found = [], active = -1
function matches(text) {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  const rank = i => lower[i] === wanted ? (data.words[i] === text.trim() ? 0 : 1) : lower[i].startsWith(wanted) ? 2 : lower[i].includes(wanted) ? 3 : 4
  const ranked = []
  for (let i = 0; i < count; i++) { const r = rank(i); if (r < 4) ranked.push([r, i]) }
  return ranked.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, 8).map(pair => pair[1])
}
function suggest(open) {
  found = open ? matches(input.value) : []
  active = -1
  list.hidden = found.length === 0
  input.setAttribute('aria-expanded', String(found.length > 0))
  input.removeAttribute('aria-activedescendant')
  list.replaceChildren(...found.map((i, n) => {
    const item = make('li')
    item.id = 'suggestion-' + n
    item.setAttribute('role', 'option')
    item.setAttribute('aria-selected', 'false')
    item.append(make('span', data.words[i]), make('span', often(i)))
    item.addEventListener('pointerdown', event => { event.preventDefault(); take(i) })
    return item
  }))
}
function take(i) {
  input.value = data.words[i]
  suggest(false)
  choose(i, true)
}
function mark(n) {
  active = (n + found.length) % found.length
  list.childNodes.forEach((item, at) => item.setAttribute('aria-selected', String(at === active)))
  input.setAttribute('aria-activedescendant', 'suggestion-' + active)
}
input.addEventListener('input', () => {
  suggest(true)
  el('note').textContent = input.value.trim() !== '' && found.length === 0 ? 'No word of the map has these letters.' : ''
})
input.addEventListener('focus', () => input.select())
input.addEventListener('blur', () => suggest(false))
input.addEventListener('keydown', event => {
  if (event.key === 'Enter') {
    const best = active >= 0 ? found[active] : matches(input.value)[0]
    if (best !== undefined) take(best)
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    if (found.length === 0) suggest(true)
    if (found.length > 0) mark(event.key === 'ArrowDown' ? active + 1 : active < 0 ? -1 : active - 1)
  } else if (event.key === 'Escape' && found.length > 0) {
    suggest(false)
    event.stopPropagation()
  } else return
  event.preventDefault()
})
addEventListener('keydown', event => {
  const typing = event.target === input || event.target.tagName === 'SELECT'
  if (event.key === '/' && !typing) { event.preventDefault(); input.focus() }
  if (event.key === 'Escape') { input.value = ''; choose(-1, false); single(-1) }
})
el('clear').addEventListener('click', () => { input.value = ''; choose(-1, false); input.focus() })

// Legend
function swatch(g) {
  const mark = markOf(g), names = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(names, 'svg'), path = document.createElementNS(names, 'path')
  const steps = []
  const pen = { moveTo: (x, y) => steps.push('M' + x + ' ' + y), lineTo: (x, y) => steps.push('L' + x + ' ' + y), closePath: () => steps.push('Z'),
    arc: (x, y, r) => steps.push('A' + r + ' ' + r + ' 0 1 0 ' + (x - r) + ' ' + y + 'A' + r + ' ' + r + ' 0 1 0 ' + (x + r) + ' ' + y) }
  trace(pen, mark.shape, 8, 8, by === 'frequency' ? mark.radius * 1.1 : 5)
  path.setAttribute('d', steps.join(''))
  const colour = 'var(--series-' + (mark.colour + 1) + ')'
  path.setAttribute('fill', isLine(mark.shape) ? 'none' : colour)
  path.setAttribute('stroke', isLine(mark.shape) ? colour : 'none')
  path.setAttribute('stroke-width', '2')
  for (const [name, value] of [['width', 16], ['height', 16], ['aria-hidden', 'true']]) svg.setAttribute(name, value)
  svg.append(path)
  return svg
}
function legend() {
  el('legend').replaceChildren(...groups.groups.map((each, g) => {
    const button = make('button')
    button.type = 'button'
    button.title = each.name
    button.setAttribute('aria-pressed', 'false')
    button.append(swatch(g), make('span', each.name, 'name'), make('span', number.format(each.size), 'size'))
    button.addEventListener('click', () => single(group === g ? -1 : g))
    const item = make('li')
    item.append(button)
    return item
  }))
}
function single(g) {
  group = g
  el('legend').querySelectorAll('button').forEach((button, at) => button.setAttribute('aria-pressed', String(at === g)))
  el('legend').toggleAttribute('data-chosen', g >= 0)
  ask()
}
function colourBy(kind) {
  by = kind
  groups = kind === 'frequency' ? data.bands : data.clusters
  group = -1
  el('colour').value = kind
  legend()
  single(-1)
}
el('colour').addEventListener('change', event => colourBy(event.target.value))

function fromAddress() {
  const asked = /^#word=(.*)$/.exec(location.hash)
  if (asked === null) return
  let word = asked[1]
  try { word = decodeURIComponent(word) } catch { /* as it stands */ }
  const at = data.words.indexOf(word)
  if (at >= 0) { input.value = word; choose(at, true) } else el('note').textContent = '"' + shown(word) + '" is not on the map.'
}
readColours()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { readColours(); ask() })
resize()
colourBy(data.colour)
fromAddress()
addEventListener('hashchange', fromAddress)
`
