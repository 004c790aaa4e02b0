/** The one style sheet of a report: light, dark and print, no fonts from elsewhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d2125; --muted: #62686e; --rule: #b9bdc1; --grid: #e9ebec; --panel: #f4f5f3;
  --train: #2a6fb0; --held-out: #c4501b; --test: #8a2f86; --baseline: #6a6f74; --alarm: #a8201a; --alarm-paper: #fcefed;
  --series-1: #2a6fb0; --series-2: #c4501b; --series-3: #1d8a6d; --series-4: #8a2f86; --series-5: #a07a00;
  --series-6: #3f4a9e; --series-7: #b3396a;
  --part-1: #2a6fb0; --part-2: #c4501b; --part-3: #1d8a6d; --part-4: #8a2f86; --part-5: #a07a00; --part-6: #6a6f74;
  --on-part: #fff; --json-key: #22577f; --json-text: #8a3c12; --json-atom: #196b55;
  --serif: Charter, "Bitstream Charter", "Source Serif 4", "Iowan Old Style", Georgia, "Liberation Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #16191c; --ink: #e4e6e8; --muted: #9aa1a8; --rule: #565c62; --grid: #2a2e32; --panel: #1f2327;
    --train: #6cb0ec; --held-out: #f2925f; --test: #d68ad2; --baseline: #a4abb1; --alarm: #ff8f85; --alarm-paper: #33201f;
    --series-1: #6cb0ec; --series-2: #f2925f; --series-3: #57c7a6; --series-4: #d68ad2; --series-5: #d9b84a;
    --series-6: #98a4f5; --series-7: #f08bb0;
    --part-1: #6cb0ec; --part-2: #f2925f; --part-3: #57c7a6; --part-4: #d68ad2; --part-5: #d9b84a; --part-6: #a4abb1;
    --on-part: #14171a; --json-key: #8cc4f0; --json-text: #f0a882; --json-atom: #7fd3b8;
  }
}
@media print { :root { color-scheme: light; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--serif); }
main { max-width: 1064px; margin: 0 auto; padding: 40px 32px 72px; }
h1 { font-size: 2.1rem; line-height: 1.2; font-weight: 600; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; font-weight: 600; margin: 56px 0 14px; padding-top: 12px; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; font-weight: 600; margin: 26px 0 8px; font-family: var(--sans); overflow-wrap: anywhere; }
p { margin: 0 0 12px; max-width: 72ch; }
.kicker { font: 600 0.75rem/1 var(--sans); letter-spacing: 0.09em; text-transform: uppercase; color: var(--muted); margin: 0 0 12px; }
.subtitle { color: var(--muted); font-size: 1.05rem; margin-bottom: 28px; overflow-wrap: anywhere; }
.missing { color: var(--muted); font-style: italic; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 0 28px; margin: 0 0 28px; font-family: var(--sans); }
.card { border-top: 1px solid var(--rule); padding: 10px 0 16px; }
.card dt { font-size: 0.8rem; color: var(--muted); overflow-wrap: anywhere; }
.card dd { margin: 2px 0 0; }
.card .value { font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; margin-right: 3px; }
.card .unit { font-size: 0.8rem; color: var(--muted); }
.card.lead { border-top: 3px solid var(--ink); grid-column: span 2; }
.card.lead .value { font-size: 2.3rem; line-height: 1.15; }
.card.lead + .card.lead { border-top-color: var(--baseline); }
.card.lead + .card.lead .value { font-weight: 400; color: var(--muted); }
.notes { list-style: none; margin: 18px 0 28px; padding: 0; font: 0.92rem/1.45 var(--sans); }
.notes li { padding: 7px 14px; margin-bottom: 6px; background: var(--panel); border-left: 3px solid var(--rule); overflow-wrap: anywhere; }
.notes li.serious { background: var(--alarm-paper); border-left-color: var(--alarm); }
.notes b { font-weight: 600; }
figure { margin: 0 0 34px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 0 20px; }
.chart { display: block; width: 100%; height: auto; font-family: var(--sans); font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
figure > .scroll > .chart { min-width: 400px; }
figure.wide > .scroll > .chart { min-width: 660px; }
figcaption { font-size: 0.88rem; line-height: 1.45; color: var(--muted); margin-top: 4px; max-width: 84ch; }
details { margin-top: 8px; }
summary { cursor: pointer; font: 600 0.82rem/1.6 var(--sans); color: var(--muted); }
table { border-collapse: collapse; font: 0.84rem/1.45 var(--sans); font-variant-numeric: tabular-nums; margin: 6px 0 10px; }
th, td { text-align: left; padding: 5px 18px 5px 0; vertical-align: top; border-bottom: 1px solid var(--grid); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 600; border-bottom: 1px solid var(--rule); vertical-align: bottom; }
tbody th { font-weight: 400; }
.n { text-align: right; white-space: nowrap; }
.path, td.value { font-family: var(--mono); font-size: 0.92em; }
td.value { white-space: normal; overflow-wrap: anywhere; }
.hash { font: 0.75rem/1.5 var(--mono); color: var(--muted); word-break: break-all; min-width: 24ch; }
.figures, .differences { min-width: min(100%, 620px); }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 7px; vertical-align: -1px; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 44px; margin: 0 0 12px; font-family: var(--sans); font-size: 0.9rem; }
.facts dt { color: var(--muted); font-size: 0.8rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.samples { border-top: 1px solid var(--grid); }
.sample { display: grid; grid-template-columns: 130px minmax(0, 1fr); gap: 20px; padding: 14px 0; border-bottom: 1px solid var(--grid); break-inside: avoid; }
.sample header { font: 0.78rem/1.5 var(--sans); color: var(--muted); }
.sample header b { color: var(--ink); }
.sample p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
.prompt { font-weight: 600; text-decoration: underline; text-decoration-color: var(--rule); text-underline-offset: 3px; }
pre { margin: 6px 0 0; padding: 16px 18px; background: var(--panel); overflow-x: auto; font: 0.8rem/1.55 var(--mono); tab-size: 2; }
.key { color: var(--json-key); } .text { color: var(--json-text); } .atom { color: var(--json-atom); }
footer { margin-top: 64px; padding-top: 12px; border-top: 1px solid var(--rule); font: 0.8rem/1.5 var(--sans); color: var(--muted); }
@media (max-width: 620px) {
  main { padding: 24px 16px 48px; }
  .card.lead { grid-column: 1 / -1; }
  .sample { grid-template-columns: 1fr; gap: 4px; }
  .sample header br { display: none; }
}
@media print {
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  figure, .card, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .numbers { display: none; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
