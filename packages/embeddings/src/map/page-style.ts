/** Colours, fonts and text of the pages of this package: those of the report of a run, light, dark and print. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d2125; --muted: #62686e; --rule: #b9bdc1; --grid: #e9ebec; --panel: #f4f5f3;
  --series-1: #2a6fb0; --series-2: #c4501b; --series-3: #1d8a6d; --series-4: #8a2f86; --series-5: #a07a00;
  --series-6: #3f4a9e; --series-7: #b3396a; --focus: #1b5e9c;
  --serif: Charter, "Bitstream Charter", "Source Serif 4", "Iowan Old Style", Georgia, "Liberation Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #16191c; --ink: #e4e6e8; --muted: #9aa1a8; --rule: #565c62; --grid: #2a2e32; --panel: #1f2327;
    --series-1: #6cb0ec; --series-2: #f2925f; --series-3: #57c7a6; --series-4: #d68ad2; --series-5: #d9b84a;
    --series-6: #98a4f5; --series-7: #f08bb0; --focus: #8cc4f0;
  }
}
@media print { :root { color-scheme: light; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--serif); }
h1 { font-size: 2.1rem; line-height: 1.2; font-weight: 600; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; font-weight: 600; margin: 56px 0 14px; padding-top: 12px; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; font-weight: 600; margin: 26px 0 8px; font-family: var(--sans); overflow-wrap: anywhere; }
p { margin: 0 0 12px; max-width: 72ch; }
.kicker { font: 600 0.75rem/1 var(--sans); letter-spacing: 0.09em; text-transform: uppercase; color: var(--muted); margin: 0 0 12px; }
.subtitle { color: var(--muted); font-size: 1.05rem; overflow-wrap: anywhere; }
footer { padding-top: 12px; border-top: 1px solid var(--rule); font: 0.8rem/1.5 var(--sans); color: var(--muted); }
`
