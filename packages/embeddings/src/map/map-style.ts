/** What the page of a map adds to the common style. */
export const MAP_STYLE = `
main { max-width: 1400px; margin: 0 auto; padding: 28px 28px 20px; }
header h1 { font-size: 1.7rem; }
.subtitle { font-size: 0.98rem; margin-bottom: 18px; max-width: none; }
.board { display: grid; grid-template-columns: minmax(0, 1fr) 300px; gap: 24px; align-items: start; }
.stage { position: relative; height: max(460px, calc(100vh - 210px)); border: 1px solid var(--rule); background: var(--paper); overflow: hidden; }
canvas { display: block; width: 100%; height: 100%; touch-action: none; cursor: grab; }
canvas.held { cursor: grabbing; }
canvas.over { cursor: pointer; }
.zoom { position: absolute; right: 10px; bottom: 10px; display: flex; flex-direction: column; gap: 4px; }
.zoom button { width: 40px; height: 40px; font-size: 1.15rem; line-height: 1; padding: 0; }
button, select, input { font: 0.9rem/1.4 var(--sans); color: var(--ink); background: var(--paper); border: 1px solid var(--rule); border-radius: 4px; }
button { cursor: pointer; padding: 6px 12px; }
button:hover { background: var(--panel); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
canvas:focus-visible { outline-offset: -3px; }
aside { font-family: var(--sans); font-size: 0.9rem; min-width: 0; }
aside h2 { font: 600 0.8rem/1.4 var(--sans); color: var(--muted); border: 0; padding: 0; margin: 22px 0 8px; }
label { display: block; font-weight: 600; font-size: 0.8rem; color: var(--muted); margin-bottom: 4px; }
.search { position: relative; }
.search input { width: 100%; padding: 9px 10px; font-size: 1rem; }
.suggestions { position: absolute; z-index: 2; left: 0; right: 0; top: 100%; margin: 2px 0 0; padding: 4px 0; list-style: none; background: var(--paper); border: 1px solid var(--rule); border-radius: 4px; box-shadow: 0 6px 18px rgb(0 0 0 / 0.18); }
.suggestions li { padding: 6px 10px; cursor: pointer; display: flex; justify-content: space-between; gap: 12px; }
.suggestions li span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.suggestions li span:last-child { color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
.suggestions li[aria-selected='true'], .suggestions li:hover { background: var(--panel); box-shadow: inset 3px 0 0 var(--focus); }
.note { margin: 6px 0 0; color: var(--muted); font-size: 0.85rem; }
.word { display: flex; align-items: baseline; justify-content: space-between; gap: 12px; margin-top: 18px; border-top: 3px solid var(--ink); padding-top: 8px; }
.word b { font: 600 1.35rem/1.25 var(--serif); overflow-wrap: anywhere; unicode-bidi: isolate; min-width: 0; }
.facts { color: var(--muted); font-size: 0.85rem; margin: 2px 0 10px; }
.near { list-style: none; margin: 0; padding: 0; }
.near button { position: relative; display: flex; justify-content: space-between; gap: 12px; width: 100%; border: 0; border-bottom: 1px solid var(--grid); border-radius: 0; padding: 5px 4px 7px; text-align: left; background: none; }
.near button:hover { background: var(--panel); }
.near button span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.near button span:last-child { color: var(--muted); font-variant-numeric: tabular-nums; }
.near i { position: absolute; left: 0; bottom: 0; height: 2px; background: var(--series-1); }
.legend { list-style: none; margin: 10px 0 0; padding: 0; }
.legend button { display: flex; align-items: center; gap: 9px; width: 100%; text-align: left; border: 0; border-radius: 0; padding: 4px; background: none; }
.legend button:hover { background: var(--panel); }
.legend button[aria-pressed='true'] { background: var(--panel); box-shadow: inset 3px 0 0 var(--ink); font-weight: 600; }
.legend svg { flex: none; }
.legend .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.legend .size { color: var(--muted); font-weight: 400; font-variant-numeric: tabular-nums; }
.legend[data-chosen] button:not([aria-pressed='true']) .name { color: var(--muted); }
select { width: 100%; padding: 8px 10px; }
footer { margin-top: 20px; }
footer kbd { font: 0.92em var(--mono); border: 1px solid var(--rule); border-radius: 3px; padding: 0 4px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
@media (max-width: 820px) {
  main { padding: 18px 14px; }
  header h1 { font-size: 1.4rem; }
  .board { grid-template-columns: minmax(0, 1fr); gap: 14px; }
  .board aside { display: contents; }
  .find { order: -1; }
  .stage { order: 0; }
  .stage { height: 62vh; min-height: 320px; }
  .near button, .legend button, .suggestions li { min-height: 40px; align-items: center; }
}
@media print { .zoom, .find, footer { display: none; } }
`
