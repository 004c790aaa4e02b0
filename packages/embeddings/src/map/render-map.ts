import { ElmanError, random } from '@elman/core'
import type { OnProgress } from '../progress/embedding-progress.ts'
import { failUnknown, type WordVectors } from '../words/word-vectors.ts'
import { mapData } from './map-data.ts'
import { checkWhole } from './map-rows.ts'
import { MAP_SCRIPT } from './map-script.ts'
import { MAP_STYLE } from './map-style.ts'
import type { MapPoint } from './map-words.ts'
import { escapeText, pageShell } from './page-shell.ts'
import { PAGE_STYLE } from './page-style.ts'

/** What the page of a map says and shows. */
export interface MapPageOptions {
  /** Headline; default `Word map`. */
  readonly title?: string
  /** One line below it: where the vectors come from, how they were laid out. */
  readonly subtitle?: string
  /** Nearest words listed for each word; default 10. */
  readonly neighbours?: number
  /** Clusters to colour by; default 10. */
  readonly clusters?: number
  /** What colours mean at first: `cluster` or `frequency`; the reader can change it. Default `cluster`. */
  readonly colour?: 'cluster' | 'frequency'
  /** Seed of the clusters; default 1. */
  readonly seed?: number
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * One HTML page with the map: pan and zoom by mouse, touch and keys, search, nearest words, colour by cluster or
 * frequency, light and dark. It holds all it needs and asks nothing of the network. Neighbours and clusters are found
 * among the words of the map, in the full space. `#word=king` behind its address opens it at a word.
 *
 * @param vectors - The table that the points were made of.
 * @throws `EMBEDDING_MAP_TOO_FEW_WORDS`, `EMBEDDING_MAP_OPTION_INVALID`, `EMBEDDING_WORD_UNKNOWN`; the signal's reason
 * when it is aborted.
 */
export async function renderMap(
  vectors: WordVectors,
  points: readonly MapPoint[],
  options: MapPageOptions = {},
): Promise<string> {
  const { title = 'Word map', neighbours = 10, clusters = 10, colour = 'cluster', seed = 1 } = options
  checkWhole('neighbours', neighbours, 1)
  checkWhole('clusters', clusters, 1)
  if (points.length < 3) {
    throw new ElmanError('EMBEDDING_MAP_TOO_FEW_WORDS', {
      message: `a map of ${points.length} words shows nothing`,
      expected: 'at least 3 words',
    })
  }
  for (const { word } of points) if (!vectors.has(word)) failUnknown(word, vectors)
  const { onProgress, signal } = options
  const key = random.foldIn(random.key(seed), 'map-page')
  const data = await mapData(vectors, points, { neighbours, clusters, key, onProgress, signal })
  const { subtitle = `${points.length.toLocaleString('en-US')} words, ${vectors.dimensions} dimensions` } =
    options
  return pageShell({
    title: `${title} – elman`,
    style: PAGE_STYLE + MAP_STYLE,
    body: body(title, subtitle, points.length),
    script: MAP_SCRIPT,
    data: { ...data, colour },
  })
}

function body(title: string, subtitle: string, count: number): string {
  return `<main>
<header><p class="kicker">Word map</p><h1>${escapeText(title)}</h1><p class="subtitle">${escapeText(subtitle)}</p></header>
<noscript><p>The map is drawn by a script in this page, and scripts are off.</p></noscript>
<div class="board">
<div class="stage">
<canvas id="map" tabindex="0" role="application" aria-label="Map of ${count} words" aria-describedby="keys"></canvas>
<div class="zoom" role="group" aria-label="Zoom">
<button type="button" id="in" aria-label="Zoom in" title="Zoom in">+</button>
<button type="button" id="out" aria-label="Zoom out" title="Zoom out">−</button>
<button type="button" id="fit" aria-label="Show all words" title="Show all words">⤢</button>
</div>
</div>
<aside>
<section class="find" aria-label="Search">
<div class="search">
<label for="query">Find a word</label>
<input id="query" type="text" role="combobox" autocomplete="off" autocapitalize="none" spellcheck="false" aria-autocomplete="list" aria-expanded="false" aria-controls="suggestions">
<ul class="suggestions" id="suggestions" role="listbox" aria-label="Words" hidden></ul>
</div>
<p class="note" id="note" role="status"></p>
<p class="hidden" id="spoken" role="status"></p>
</section>
<section id="chosen" aria-label="Chosen word" hidden>
<div class="word"><b id="word"></b><button type="button" id="clear">Clear</button></div>
<p class="facts" id="facts"></p>
<h2>Nearest on the map, by cosine in the full space</h2>
<ol class="near" id="near"></ol>
</section>
<section aria-label="Legend">
<h2><label for="colour">Colour and shape by</label></h2>
<select id="colour"><option value="cluster">cluster (k-means in the full space)</option><option value="frequency">frequency in the text</option></select>
<ul class="legend" id="legend"></ul>
</section>
</aside>
</div>
<footer id="keys">Drag or <kbd>arrow keys</kbd> to move, wheel, pinch or <kbd>+</kbd> <kbd>−</kbd> to zoom, <kbd>0</kbd> to see all, <kbd>/</kbd> to search, <kbd>Esc</kbd> to clear. Distances on a map are distorted: near means alike, far means little. Made by elman.</footer>
</main>`
}
