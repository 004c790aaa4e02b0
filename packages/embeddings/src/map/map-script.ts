import { MAP_LABELS_SCRIPT } from './map-script-labels.ts'
import { MAP_MARKS_SCRIPT } from './map-script-marks.ts'
import { MAP_PANEL_SCRIPT } from './map-script-panel.ts'

/** View and gestures: what part of the map is seen, and how mouse, fingers and keys move it. */
const MAP_VIEW_SCRIPT = `
const canvas = document.getElementById('map')
const paint = canvas.getContext('2d')
const still = matchMedia('(prefers-reduced-motion: reduce)')
let width = 0, height = 0, asked = false, flight = 0
const view = { x: 0.5, y: 0.5, scale: 1 } // centre in map units, pixels a unit
let whole = 1
const X = data.x.map(v => v / 1e5), Y = data.y.map(v => v / 1e5)
const screenX = i => (X[i] - view.x) * view.scale + width / 2
const screenY = i => (Y[i] - view.y) * view.scale + height / 2

function resize() {
  const ratio = devicePixelRatio || 1
  const atWhole = Math.abs(view.scale - whole) < 1e-9
  width = canvas.clientWidth
  height = canvas.clientHeight
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  paint.setTransform(ratio, 0, 0, ratio, 0, 0)
  const before = whole
  fitted()
  if (atWhole || before === 1) Object.assign(view, fitted())
  draw() // at once: a new size has cleared the canvas
}

/** The view of all words. */
function fitted() {
  const spread = list => {
    let low = Infinity, high = -Infinity
    for (const v of list) { low = Math.min(low, v); high = Math.max(high, v) }
    return [low, high]
  }
  const [left, right] = spread(X), [top, bottom] = spread(Y)
  const room = Math.min(44, width / 12)
  whole = Math.min((width - 2 * room) / (right - left || 1), (height - 2 * room) / (bottom - top || 1))
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: whole }
}

function ask() {
  if (asked) return
  asked = true
  requestAnimationFrame(() => { asked = false; draw() })
}

function bounded(scale) { return Math.min(Math.max(scale, whole * 0.7), whole * 400) }

function zoomAt(px, py, factor) {
  stopFlight()
  const scale = bounded(view.scale * factor)
  const dx = px - width / 2, dy = py - height / 2
  view.x += dx / view.scale - dx / scale
  view.y += dy / view.scale - dy / scale
  view.scale = scale
  ask()
}

function moveBy(px, py) {
  stopFlight()
  view.x = Math.min(1.2, Math.max(-0.2, view.x - px / view.scale))
  view.y = Math.min(1.2, Math.max(-0.2, view.y - py / view.scale))
  ask()
}

function stopFlight() { cancelAnimationFrame(flight) }

function flyTo(target) {
  stopFlight()
  if (still.matches) { Object.assign(view, target); ask(); return }
  const from = { ...view }, begin = performance.now()
  const step = now => {
    const t = Math.min(1, (now - begin) / 350), s = t * t * (3 - 2 * t)
    view.scale = from.scale * Math.pow(target.scale / from.scale, s)
    view.x = from.x + (target.x - from.x) * s
    view.y = from.y + (target.y - from.y) * s
    draw()
    if (t < 1) flight = requestAnimationFrame(step)
  }
  flight = requestAnimationFrame(step)
}

/** The word nearest to a place on the screen, within reach; -1 if there is none. */
function wordAt(px, py, reach) {
  let best = -1, least = reach * reach
  for (let i = 0; i < X.length; i++) {
    if (group >= 0 && groups.of[i] !== group && !isLit(i)) continue
    const dx = screenX(i) - px, dy = screenY(i) - py, d = dx * dx + dy * dy
    if (d < least) { least = d; best = i }
  }
  return best
}

const pointers = new Map()
let moved = 0
const place = event => {
  const box = canvas.getBoundingClientRect()
  return [event.clientX - box.left, event.clientY - box.top]
}
canvas.addEventListener('pointerdown', event => {
  canvas.setPointerCapture(event.pointerId)
  pointers.set(event.pointerId, place(event))
  if (pointers.size === 1) moved = 0
  canvas.classList.add('held')
})
canvas.addEventListener('pointermove', event => {
  const [px, py] = place(event)
  const before = pointers.get(event.pointerId)
  if (before === undefined) {
    const now = wordAt(px, py, 12)
    if (now !== hovered) { hovered = now; canvas.classList.toggle('over', now >= 0); ask() }
    return
  }
  moved += Math.abs(px - before[0]) + Math.abs(py - before[1])
  if (pointers.size === 1) moveBy(px - before[0], py - before[1])
  if (pointers.size === 2) {
    const other = [...pointers].find(([id]) => id !== event.pointerId)[1]
    const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1])
    moveBy((px - before[0]) / 2, (py - before[1]) / 2)
    zoomAt((px + other[0]) / 2, (py + other[1]) / 2, apart([px, py], other) / (apart(before, other) || 1))
  }
  pointers.set(event.pointerId, [px, py])
})
const release = event => {
  if (!pointers.delete(event.pointerId)) return
  if (pointers.size === 0) canvas.classList.remove('held')
  if (event.type !== 'pointerup' || moved > 6) return
  const [px, py] = place(event)
  const found = wordAt(px, py, event.pointerType === 'mouse' ? 14 : 26)
  if (found >= 0) choose(found, false)
}
canvas.addEventListener('pointerup', release)
canvas.addEventListener('pointercancel', release)
canvas.addEventListener('pointerleave', () => { if (hovered >= 0) { hovered = -1; ask() } })
canvas.addEventListener('dblclick', event => zoomAt(...place(event), 2))
canvas.addEventListener('wheel', event => {
  event.preventDefault()
  const lines = event.deltaMode === 1 ? 30 : event.deltaMode === 2 ? 300 : 1
  zoomAt(...place(event), Math.exp(Math.max(-120, Math.min(120, -event.deltaY * lines)) * 0.004))
}, { passive: false })
canvas.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const step = event.shiftKey ? 200 : 60
  const acts = {
    ArrowLeft: () => moveBy(step, 0), ArrowRight: () => moveBy(-step, 0),
    ArrowUp: () => moveBy(0, step), ArrowDown: () => moveBy(0, -step),
    '+': () => zoomAt(width / 2, height / 2, 1.4), '=': () => zoomAt(width / 2, height / 2, 1.4),
    '-': () => zoomAt(width / 2, height / 2, 1 / 1.4), 0: () => flyTo(fitted()),
    Enter: () => { const found = wordAt(width / 2, height / 2, 80); if (found >= 0) choose(found, false) },
  }
  const act = acts[event.key]
  if (act === undefined) return
  event.preventDefault()
  act()
})
document.getElementById('in').addEventListener('click', () => zoomAt(width / 2, height / 2, 1.6))
document.getElementById('out').addEventListener('click', () => zoomAt(width / 2, height / 2, 1 / 1.6))
document.getElementById('fit').addEventListener('click', () => flyTo(fitted()))
new ResizeObserver(resize).observe(canvas)
`

/** The script of a map's page; runs in the browser, on the JSON in the element `data` only. */
export const MAP_SCRIPT = `'use strict';
(() => {
const data = JSON.parse(document.getElementById('data').textContent)
const count = data.words.length
/** Indices: the chosen word, the word under the pointer, the group that the legend singles out; -1 for none. */
let chosen = -1, hovered = -1, group = -1
let groups = data.clusters, by = 'cluster'
${MAP_VIEW_SCRIPT}${MAP_MARKS_SCRIPT}${MAP_LABELS_SCRIPT}${MAP_PANEL_SCRIPT}
})()
`
