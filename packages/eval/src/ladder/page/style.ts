/** Style of a ladder's page, on top of the common sheet: the steps of the heat map, in light and dark. */
export const LADDER_STYLE = `
:root {
  --step-0: #f3f1ee; --step-1: #fbe3c8; --step-2: #f5c08a; --step-3: #b7d8b0; --step-4: #6fb58b; --step-5: #2f8f74; --step-6: #0f6b63;
  --series-8: #5b8a00; --series-9: #00868f; --series-10: #7a4b2a; --series-11: #d1007a; --series-12: #5d646b;
  --on-low: #1d2125; --on-high: #fff; --low: #2a6fb0; --high: #c4501b;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --step-0: #24282c; --step-1: #4a3626; --step-2: #7a5326; --step-3: #2f5240; --step-4: #2f7257; --step-5: #39a07f; --step-6: #6bd6b1;
    --series-8: #a9d34b; --series-9: #4dd0d8; --series-10: #c79a73; --series-11: #ff6fbf; --series-12: #aab0b6;
    --on-low: #e4e6e8; --on-high: #10211c; --low: #6cb0ec; --high: #f2925f;
  }
}
main { max-width: 1240px; }
.ladder { border-collapse: separate; border-spacing: 2px; font: 0.8rem/1.25 var(--sans); margin: 0; }
.ladder th, .ladder td { border: 0; padding: 0; }
.ladder thead th { color: var(--muted); font-weight: 600; font-size: 0.76rem; padding: 0 3px 5px; text-align: center; vertical-align: bottom; }
.ladder tbody th { text-align: left; padding: 3px 12px 3px 0; white-space: nowrap; font-weight: 400; }
.ladder tbody th small { color: var(--muted); }
.ladder .level th { padding: 14px 0 3px; font-weight: 600; font-size: 0.72rem; letter-spacing: 0.06em; text-transform: uppercase; color: var(--muted); }
.ladder td { position: relative; width: 84px; min-width: 64px; height: 36px; text-align: center; border-radius: 3px; cursor: default; }
.ladder td.none { background: none; color: var(--rule); }
.ladder td b { display: block; font-weight: 600; }
.ladder td small { font-size: 0.7rem; opacity: 0.85; }
.ladder .badge { display: inline-block; border: 1px solid currentColor; border-radius: 3px; padding: 0 3px; margin-left: 3px; font-size: 0.62rem; line-height: 1.25; vertical-align: 1px; }
.s0 { background: var(--step-0); color: var(--on-low); } .s1 { background: var(--step-1); color: var(--on-low); }
.s2 { background: var(--step-2); color: var(--on-low); } .s3 { background: var(--step-3); color: var(--on-low); }
.s4 { background: var(--step-4); color: var(--on-low); } .s5 { background: var(--step-5); color: var(--on-high); }
.s6 { background: var(--step-6); color: var(--on-high); }
.tip { display: none; position: absolute; z-index: 5; left: 50%; top: calc(100% + 4px); transform: translateX(-50%); width: max-content; max-width: 310px; padding: 9px 12px; text-align: left;
  background: var(--paper); color: var(--ink); border: 1px solid var(--rule); border-radius: 4px; box-shadow: 0 3px 14px rgb(0 0 0 / 0.18); font: 0.76rem/1.45 var(--sans); }
.ladder td:hover > .tip, .ladder td:focus > .tip { display: block; }
.ladder td:focus { outline: 2px solid var(--ink); outline-offset: 1px; }
.ladder td:nth-last-child(-n+3) .tip { left: auto; right: 0; transform: none; }
.tip table { margin: 5px 0 0; font-size: 0.74rem; } .tip th, .tip td, .tip td:first-child { padding: 1px 10px 1px 0; width: auto; min-width: 0; height: auto; border: 0; text-align: left; border-radius: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 10px 0 16px; font: 0.78rem/1.5 var(--sans); color: var(--muted); }
.legend span { white-space: nowrap; }
.legend i { display: inline-block; width: 15px; height: 11px; border-radius: 2px; margin-right: 5px; vertical-align: -1px; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(258px, 1fr)); gap: 18px 16px; }
.panels figure { margin: 0; } .panels figcaption { font: 600 0.82rem/1.35 var(--sans); color: var(--ink); margin: 0 0 2px; }
.panels figcaption small { font-weight: 400; color: var(--muted); }
.traces { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 22px 24px; }
.traces figure { margin: 0; }
.automata { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 22px 24px; align-items: start; }
.automata figure { margin: 0; } .automata svg { max-width: 100%; height: auto; max-height: 300px; }
.gates td, .gates th { vertical-align: top; } .verdict { font-weight: 600; white-space: nowrap; }
.verdict.holds { color: var(--series-3); } .verdict.fails { color: var(--alarm); } .verdict.open, .verdict.reported { color: var(--muted); }
.gates ul { margin: 0; padding: 0; list-style: none; } .gates li.no { color: var(--alarm); } .gates li { margin-bottom: 2px; }
.gates li small { display: block; color: var(--muted); margin-left: 1.2em; }
@media (min-width: 1100px) { .map { overflow: visible; } }
@media print { .tip { display: none !important; } }
`
