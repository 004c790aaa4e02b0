/** What the page of a hypothesis test adds to the common style. */
export const HYPOTHESIS_STYLE = `
main { max-width: 1064px; margin: 0 auto; padding: 40px 32px 48px; }
.subtitle { margin-bottom: 28px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 0 28px; margin: 0 0 20px; font-family: var(--sans); }
.card { border-top: 1px solid var(--rule); padding: 10px 0 16px; }
.card.lead { border-top: 3px solid var(--ink); }
.card dt { font-size: 0.8rem; color: var(--muted); }
.card dd { margin: 2px 0 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.scroll > table { min-width: 760px; }
.small { font-size: 0.88rem; color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font: 0.84rem/1.45 var(--sans); font-variant-numeric: tabular-nums; margin: 6px 0 10px; }
caption { text-align: left; font-weight: 600; padding-bottom: 4px; }
th, td { text-align: left; padding: 5px 18px 5px 0; vertical-align: top; border-bottom: 1px solid var(--grid); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 600; border-bottom: 1px solid var(--rule); vertical-align: bottom; }
tbody th { font-weight: 400; overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; }
thead .n { white-space: normal; }
figure { margin: 0 0 24px; }
figcaption { font-size: 0.88rem; line-height: 1.45; color: var(--muted); max-width: 84ch; grid-column: 1 / -1; }
.chart { display: block; width: 100%; height: auto; font: 11px var(--sans); fill: var(--muted); }
.chart .head { font-size: 12.5px; font-weight: 600; fill: var(--ink); }
.chart .frame { fill: none; stroke: var(--rule); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px 28px; align-items: start; }
.bands { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 210px), 1fr)); gap: 12px 20px; }
.bands .chart { font-size: 13px; }
.bands .chart .head { font-size: 15px; }
.levels { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; padding: 0; font: 0.84rem/1.5 var(--sans); color: var(--muted); }
.levels li { display: flex; align-items: center; gap: 6px; }
.examples { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 290px), 1fr)); gap: 12px 36px; }
.examples table { width: 100%; }
footer { margin-top: 56px; }
@media (max-width: 620px) { main { padding: 24px 16px 40px; } h1 { font-size: 1.6rem; } }
`
