/** Marks: colour and shape of each group, and the drawing of a frame. Part of the browser's script. */
export const MAP_MARKS_SCRIPT = `
const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'cross', 'plus', 'hollow', 'wedge']
const BAND_COLOURS = [2, 5, 3, 1, 6, 4]
let colours = {}

function readColours() {
  const style = getComputedStyle(document.documentElement)
  const read = name => style.getPropertyValue('--' + name).trim()
  colours = { paper: read('paper'), ink: read('ink'), muted: read('muted'), rule: read('rule'),
    series: [1, 2, 3, 4, 5, 6, 7].map(n => read('series-' + n)) }
}

/** Number of the colour (from 0), shape and radius in pixels of a group. Frequent bands are larger. */
function markOf(g) {
  if (by === 'frequency') {
    return { colour: BAND_COLOURS[g % 6] - 1, shape: SHAPES[g % 8], radius: Math.max(2.4, 5.2 - g * 0.8) }
  }
  return { colour: g % 7, shape: SHAPES[g % 8], radius: 3 }
}

/** Adds a mark to a path. */
function trace(path, shape, x, y, r) {
  if (shape === 'circle' || shape === 'hollow') { path.moveTo(x + r, y); path.arc(x, y, r, 0, 7); return }
  const line = corners => corners.forEach(([dx, dy], n) => path[n ? 'lineTo' : 'moveTo'](x + dx * r, y + dy * r))
  if (shape === 'plus') { line([[-1.2, 0], [1.2, 0]]); line([[0, -1.2], [0, 1.2]]); return }
  if (shape === 'cross') { line([[-0.9, -0.9], [0.9, 0.9]]); line([[-0.9, 0.9], [0.9, -0.9]]); return }
  line({ square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]], triangle: [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
    diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]], wedge: [[0, 1.2], [1.1, -0.8], [-1.1, -0.8]] }[shape])
  path.closePath()
}
const isLine = shape => shape === 'plus' || shape === 'cross' || shape === 'hollow'

const nearOf = i => data.neighbours.slice(i * data.near, (i + 1) * data.near)
let lit = new Set()
/** Whether a word is the chosen one or one of its neighbours. */
function isLit(i) { return i === chosen || lit.has(i) }

function draw() {
  paint.fillStyle = colours.paper
  paint.fillRect(0, 0, width, height)
  const small = Math.min(1, Math.max(0.65, Math.min(width, height) / 620))
  const grow = small * Math.min(2, Math.pow(view.scale / whole, 0.25))
  const paths = groups.groups.map(() => [new Path2D(), new Path2D()]) // dimmed, plain
  const margin = 12
  for (let i = count - 1; i >= 0; i--) {
    const x = screenX(i), y = screenY(i)
    if (x < -margin || y < -margin || x > width + margin || y > height + margin) continue
    const g = groups.of[i], mark = markOf(g)
    const plain = isLit(i) || (chosen < 0 && (group < 0 || g === group))
    trace(paths[g][plain ? 1 : 0], mark.shape, x, y, mark.radius * grow * (isLit(i) ? 1.3 : 1))
  }
  for (const plain of [0, 1]) {
    paint.globalAlpha = plain ? 0.85 : 0.16
    for (let g = groups.groups.length - 1; g >= 0; g--) {
      const mark = markOf(g), colour = colours.series[mark.colour]
      paint.lineWidth = 1.5 * grow
      if (isLine(mark.shape)) { paint.strokeStyle = colour; paint.stroke(paths[g][plain]) }
      else { paint.fillStyle = colour; paint.fill(paths[g][plain]) }
    }
    if (!plain && chosen >= 0) spokes()
  }
  paint.globalAlpha = 1
  for (const i of [chosen, hovered]) if (i >= 0) ring(i)
  labels()
}

/** Lines from the chosen word to its neighbours. */
function spokes() {
  paint.globalAlpha = 0.7
  paint.strokeStyle = colours.rule
  paint.lineWidth = 1
  paint.beginPath()
  for (const other of lit) {
    paint.moveTo(screenX(chosen), screenY(chosen))
    paint.lineTo(screenX(other), screenY(other))
  }
  paint.stroke()
}

function ring(i) {
  paint.strokeStyle = colours.ink
  paint.lineWidth = 2
  paint.beginPath()
  paint.arc(screenX(i), screenY(i), 9, 0, 7)
  paint.stroke()
}
`
