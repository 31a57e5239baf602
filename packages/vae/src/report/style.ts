// The style sheet of the report: one column, system fonts, light and dark, screen and paper.

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #faf9f7; --raised: #ffffff; --ink: #1c1f23; --quiet: #5c636b; --rule: #e2e0da; --accent: #1f6fb8; --warn: #a33b12;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171a; --raised: #1b1f23; --ink: #e2e5e9; --quiet: #9ba3ac; --rule: #2d3238; --accent: #6fb1ee; --warn: #f0a07a; }
  img { filter: invert(1) hue-rotate(180deg); }
  svg { filter: brightness(1.12); }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 3.5rem 1.5rem 4rem; max-width: 66rem; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
h1 { margin: 0 0 .5rem; font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 0 0 .25rem; font-size: 1.2rem; line-height: 1.3; font-weight: 650; letter-spacing: -.005em; }
p { margin: 0; max-width: 46rem; }
.summary { font-size: 1.1rem; max-width: none; }
.quiet, figcaption { color: var(--quiet); font-size: .9rem; line-height: 1.5; }
.warn { color: var(--warn); font-size: .9rem; font-weight: 600; }
header .quiet { margin-top: .4rem; }
section { margin-top: 2.25rem; padding-top: 1.75rem; border-top: 1px solid var(--rule); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1rem 1.5rem; margin: 1.75rem 0 0; }
.figures div { border-top: 2px solid var(--rule); padding-top: .5rem; }
.figures div:first-child { border-color: var(--accent); }
.figures dt { color: var(--quiet); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.45rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures dd small { display: block; color: var(--quiet); font-size: .8rem; font-weight: 400; }
figure { margin: 0; }
figcaption { margin-top: .5rem; max-width: 46rem; }
svg { display: block; max-width: 100%; height: auto; }
img { display: block; max-width: 100%; height: auto; image-rendering: pixelated; }
.drawing, .scroll { margin-top: 1.25rem; overflow-x: auto; }
.drawing svg { min-width: 42rem; margin: 0 auto; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 1.75rem 1.25rem; margin-top: 1.25rem; }
.panels svg { width: 100%; max-width: 30rem; }
.pictures { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: 1rem .9rem; margin-top: 1.25rem; }
.pictures div { display: grid; grid-auto-rows: 1fr; align-items: center; text-align: right; color: var(--quiet); font-size: .85rem; line-height: 1.2; }
.beside { display: grid; gap: 1.25rem 2.5rem; margin-top: .25rem; }
.words p + p, section > p + p { margin-top: .5rem; }
.beside .chart svg { width: 100%; max-width: 36rem; }
.wide svg { min-width: 44rem; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th { font-weight: 500; color: var(--quiet); }
th[colspan] { text-align: center; color: var(--ink); }
caption { caption-side: top; text-align: left; padding: 0 .7rem .4rem; font-weight: 600; }
.comparison tbody th { text-align: left; color: var(--ink); }
.comparison thead th { vertical-align: bottom; white-space: normal; min-width: 4.5rem; }
.comparison th small { display: block; font-size: .8rem; font-weight: 400; }
.comparison .ours th, .comparison .ours td { font-weight: 650; }
.comparison .best { background: color-mix(in srgb, var(--accent) 14%, transparent); box-shadow: inset 0 -2px var(--accent); }
.exhibit { margin-top: 1.75rem; }
.split { border-left: 1px solid var(--rule); }
summary { cursor: pointer; color: var(--accent); margin-top: .75rem; }
.settings { columns: 3 15rem; column-gap: 2.5rem; margin: 1rem 0 0; font-size: .9rem; }
.settings div { display: flex; justify-content: space-between; gap: 1rem; padding: .25rem 0; border-bottom: 1px solid var(--rule); break-inside: avoid; }
.settings dt { color: var(--quiet); }
.settings dd { margin: 0; min-width: 5rem; text-align: right; overflow-wrap: break-word; font-variant-numeric: tabular-nums; }
pre {
  margin: 1rem 0 0; padding: .9rem 1.1rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 6px;
  font: .875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; user-select: all;
}
.word { white-space: nowrap; }
footer { margin-top: 2.5rem; color: var(--quiet); font-size: .85rem; overflow-wrap: anywhere; }
sub { font-size: .75em; line-height: 0; }
@media (min-width: 56rem) {
  .beside { grid-template-columns: minmax(0, 36rem) minmax(0, 1fr); margin-top: 1rem; }
  .beside .words { grid-column: 2; grid-row: 1; padding-top: 1.5rem; }
}
@media (max-width: 40rem) {
  body { padding: 2rem 1rem 3rem; }
  h1 { font-size: 1.6rem; }
  .drawing svg { min-width: 0; max-width: none; }
  img { image-rendering: auto; }
  .pictures { grid-template-columns: minmax(0, 1fr); gap: .75rem; }
  .pictures div { display: none; }
}
@media print {
  :root { --ground: #fff; --raised: #fff; --ink: #000; --quiet: #444; --rule: #ccc; --accent: #1f6fb8; color-scheme: light; }
  img, svg { filter: none; }
  body { padding: 0; max-width: none; font-size: 11pt; }
  section { break-inside: avoid; }
  section.long { break-inside: auto; }
  .drawing, .scroll { overflow: visible; }
  .drawing svg, .wide svg { min-width: 0; max-width: 100%; }
  .panels { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .figures { grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: 1rem; }
}
`;
