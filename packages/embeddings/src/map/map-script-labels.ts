/**
 * Labels: the chosen word and its neighbours first, then words by frequency, each where it covers no other label, as
 * many as leave the map readable; more appear as one zooms in. Part of the browser's script.
 */
export const MAP_LABELS_SCRIPT = String.raw`
const family = getComputedStyle(document.body).getPropertyValue('--sans') || 'sans-serif'
const widths = new Map()
const CELL = 40

function shown(word) {
  const letters = Array.from(word.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD'))
  return letters.length > 28 ? letters.slice(0, 27).join('') + '…' : letters.join('')
}

function labels() {
  const taken = new Map() // cell of the screen -> boxes that touch it
  const cells = (box, each) => {
    for (let cx = Math.floor(box[0] / CELL); cx <= Math.floor(box[2] / CELL); cx++)
      for (let cy = Math.floor(box[1] / CELL); cy <= Math.floor(box[3] / CELL); cy++) if (each(cx * 4096 + cy)) return true
    return false
  }
  const free = box => !cells(box, cell => (taken.get(cell) || []).some(
    other => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]))
  const take = box => { cells(box, cell => { taken.has(cell) ? taken.get(cell).push(box) : taken.set(cell, [box]) }) }
  // The buttons in the corner keep their place.
  take([width - 60, height - 146, width, height])
  let left = Math.round((width * height) / 5200)
  paint.textBaseline = 'middle'
  paint.lineJoin = 'round'

  const label = (i, size, strong, must) => {
    const x = screenX(i), y = screenY(i)
    if (x < -20 || y < -20 || x > width + 20 || y > height + 20) return false
    const text = shown(data.words[i])
    paint.font = (strong ? '600 ' : '') + size + 'px ' + family
    const name = size + (strong ? 'b' : '') + text
    if (!widths.has(name)) widths.set(name, paint.measureText(text).width)
    const w = widths.get(name), h = size * 1.15, gap = strong ? 11 : 6, pad = must ? 1 : 4
    const spots = [[x + gap, y], [x - gap - w, y], [x - w / 2, y - gap - h / 2], [x - w / 2, y + gap + h / 2]]
    for (const [lx, ly] of spots) {
      if (lx < 2 || lx + w > width - 2 || ly - h / 2 < 2 || ly + h / 2 > height - 2) continue
      const box = [lx - pad, ly - h / 2 - pad / 2, lx + w + pad, ly + h / 2 + pad / 2]
      if (!free(box)) continue
      take(box)
      paint.strokeStyle = colours.paper
      paint.lineWidth = 3.5
      paint.strokeText(text, lx, ly)
      paint.fillStyle = must || chosen < 0 ? colours.ink : colours.muted
      paint.fillText(text, lx, ly)
      return true
    }
    return false
  }
  if (chosen >= 0) label(chosen, 16, true, true)
  if (hovered >= 0 && hovered !== chosen) label(hovered, 14, true, true)
  for (const i of lit) if (i !== hovered) label(i, 13, false, true)
  if (chosen >= 0) left = Math.min(left, 25)
  for (let i = 0; i < count && left > 0; i++) {
    if (i === hovered || isLit(i)) continue
    if (group >= 0 && groups.of[i] !== group) continue
    if (label(i, 12, false, false)) left--
  }
}
`
