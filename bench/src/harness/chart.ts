// One SVG for a suite: a panel for each case, an engine on each line, the limit as a stroke across it.

import { withPeer } from "../engines/peers.js";
import { isMeasured, type MeasuredRow, type Results } from "./results.js";

interface Plot {
  plot(options: object): { outerHTML: string };
  barX(data: readonly object[], options: object): unknown;
  dot(data: readonly object[], options: object): unknown;
  ruleX(data: readonly object[] | readonly number[], options?: object): unknown;
  ruleY(data: readonly object[], options: object): unknown;
  text(data: readonly object[], options: object): unknown;
}

interface LinkeDom {
  parseHTML(html: string): { document: unknown };
}

/** One engine at one case, and the panel that it stands in. */
interface Mark {
  readonly engine: string;
  readonly value: number;
  readonly label: string;
  readonly family: string;
  readonly column: number;
  readonly line: number;
}

interface Panel {
  readonly case: string;
  readonly column: number;
  readonly line: number;
  readonly limit: number | undefined;
}

/** Elbo stands out; what runs in JavaScript and what is native differ in hue; baselines are grey. */
const FAMILIES = {
  Elbo: "#c2410c",
  "JavaScript and WebAssembly": "#2563a8",
  native: "#5b7a3a",
  "no engine": "#8a8a8a",
} as const;
type Family = keyof typeof FAMILIES;

const familyOf = (engine: string): Family => {
  if (engine.startsWith("elbo")) return "Elbo";
  if (/^(onnxruntime|pytorch|openblas)/.test(engine)) return "native";
  return /^(naive|Math|node)/.test(engine) ? "no engine" : "JavaScript and WebAssembly";
};

const [INK, PALE, PAPER, FAINT, LIMIT] = ["#1f2328", "#6e7781", "#ffffff", "#d8dee4", "#7c3aed"];
const FONT = "system-ui, 'DejaVu Sans', sans-serif";
const PANEL_WIDTH = 250;
const BAR_HEIGHT = 15;
const MARGIN = { left: 112, right: 56, top: 34, bottom: 34, head: 84, foot: 14 };

/** Rates and milliseconds are bars from zero; what spans three decades is dots on a logarithm. */
const isLogarithmic = (unit: string): boolean => unit === "ns/element" || unit === "ms/step";

const POWERS = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000];

/** Three significant digits. */
const label = (x: number): string => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The chart as a file's text, or why it cannot be drawn. */
export const drawChart = (results: Results): Promise<string | { readonly absent: string }> =>
  withPeer<string | { readonly absent: string }>(["@observablehq/plot", "linkedom"], async (plot, dom) =>
    draw(results, plot as Plot, (dom as LinkeDom).parseHTML("<html><body></body></html>").document),
  );

function draw(results: Results, plot: Plot, document: unknown): string | { readonly absent: string } {
  const measured = results.rows.filter(isMeasured);
  const rows = measured.filter((row) => row.engine !== "limit");
  if (rows.length === 0) return { absent: "nothing was measured" };
  const unit = rows[0]?.unit ?? "";
  const cases = [...new Set(results.rows.map((row) => row.case))];
  const engines = results.engines.map(({ engine }) => engine).filter((name) => rows.some((row) => row.engine === name));
  const columns = Math.min(cases.length, 4);
  const lines = Math.ceil(cases.length / columns);
  const panels = cases.map((name, i): Panel => {
    const limit = measured.find((row) => row.case === name && row.engine === "limit" && row.unit === unit);
    return { case: name, column: i % columns, line: Math.floor(i / columns), limit: limit?.median };
  });
  const marks = rows.map((row): Mark => markOf(row, panels));

  const width = MARGIN.left + columns * PANEL_WIDTH + MARGIN.right;
  const height = MARGIN.top + lines * (engines.length * BAR_HEIGHT + 44) + MARGIN.bottom;
  const facet = { fx: "column", fy: "line" };
  const logarithmic = isLogarithmic(unit);
  const limits = panels.flatMap(({ limit }) => limit ?? []);
  const least = Math.min(...marks.map((mark) => mark.value), ...limits);
  const from = logarithmic ? least / 1.5 : 0;
  const most = Math.max(...marks.map((mark) => mark.value), ...limits);
  const x = { domain: [from, logarithmic ? most * 4 : most * 1.22], type: logarithmic ? "log" : "linear", grid: true, ticks: logarithmic ? POWERS.filter((power) => power > from && power < most * 4) : 4, label: null }; // prettier-ignore
  const missing = results.rows
    .filter((row) => !isMeasured(row) && engines.includes(row.engine))
    .map((row) => ({ engine: row.engine, label: "absent", ...placeOf(row.case, panels) }));
  const places = { ...facet, x: "value", y: "engine" };
  const drawn = plot.plot({
    document,
    width,
    height,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    style: { fontFamily: FONT, fontSize: "11px", color: INK, background: PAPER },
    x: { ...x, tickFormat: (value: number) => `${Number(value.toPrecision(3))}` },
    y: { domain: engines, label: null, padding: 0.25 },
    fx: { axis: null, padding: 0.08 },
    fy: { axis: null, padding: 44 / (engines.length * BAR_HEIGHT + 44) },
    color: { domain: Object.keys(FAMILIES), range: Object.values(FAMILIES) },
    marks: [
      logarithmic
        ? plot.ruleY(marks, { ...facet, y: "engine", x1: from, x2: "value", stroke: "family", strokeOpacity: 0.35 })
        : plot.barX(marks, { ...places, fill: "family" }),
      ...(logarithmic ? [plot.dot(marks, { ...places, fill: "family", r: 3.5 })] : []),
      plot.ruleX(
        panels.filter((panel) => panel.limit !== undefined),
        { ...facet, x: "limit", stroke: LIMIT, strokeWidth: 1.5, strokeDasharray: "4 2" },
      ),
      plot.text(marks, {
        ...places,
        text: "label",
        textAnchor: "start",
        dx: 5,
        fill: INK,
        stroke: PAPER,
        strokeWidth: 3,
      }),
      plot.text(missing, { ...facet, x: from, y: "engine", text: "label", textAnchor: "start", dx: 5, fill: PALE }),
      plot.text(panels, { ...facet, text: "case", frameAnchor: "top-left", dy: -15, fill: INK, fontWeight: 600, fontSize: 12 }), // prettier-ignore
    ],
  });
  return page(results, unit, drawn.outerHTML, {
    width,
    height,
    limit: panels.some((panel) => panel.limit !== undefined),
  });
}

function markOf({ case: name, engine, median }: MeasuredRow, panels: readonly Panel[]): Mark {
  return { engine, value: median, label: label(median), family: familyOf(engine), ...placeOf(name, panels) };
}

function placeOf(name: string, panels: readonly Panel[]): Pick<Panel, "column" | "line"> {
  const { column, line } = panels.find((panel) => panel.case === name)!;
  return { column, line };
}

/** Title, key and origin around the plot, on paper of its own so that it reads the same on a dark page. */
function page(
  { suite, machine, versions, rounds, engines }: Results,
  unit: string,
  plot: string,
  { width, height, limit }: { readonly width: number; readonly height: number; readonly limit: boolean },
): string {
  const better = unit === "GFLOP/s" ? "more is better" : "less is better";
  const scale = isLogarithmic(unit) ? ", logarithmic" : "";
  const absent = engines.flatMap((engine) => ("absent" in engine ? [engine.engine] : []));
  const origin = [
    `${machine.cpu}, ${machine.cores} cores; Node ${versions.node}; relaxed SIMD ${machine.relaxedSimd}`,
    ...(machine.revectorize ? ["revectorize on"] : []),
    `medians of ${rounds} interleaved rounds`,
    ...(absent.length > 0 ? [`absent: ${absent.join(", ")}`] : []),
  ].join("; ");
  const seen = new Set(engines.filter((engine) => !("absent" in engine)).map(({ engine }) => familyOf(engine)));
  const keys = [
    ...Object.entries(FAMILIES).filter(([family]) => seen.has(family as Family)),
    ...(limit ? [["one core's multiply-add limit", LIMIT]] : []),
  ];
  let at = 16;
  const key = keys.map(([name, color]) => {
    const mark = `<rect x="${at}" y="60" width="10" height="10" fill="${color}"/><text x="${at + 15}" y="69">${escape(name)}</text>`;
    at += 15 + 7 * name.length + 18;
    return mark;
  });
  const full = height + MARGIN.head + MARGIN.foot;
  const inner = plot.replace("<svg ", `<svg x="0" y="${MARGIN.head}" `);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${full}" viewBox="0 0 ${width} ${full}" font-family="${escape(FONT)}" font-size="12" fill="${INK}">`,
    `<rect width="${width}" height="${full}" fill="${PAPER}" stroke="${FAINT}"/>`,
    `<text x="16" y="26" font-size="17" font-weight="600">${escape(`${suite}: ${unit}${scale}, ${better}`)}</text>`,
    // A long origin is set narrower rather than cut off.
    `<text x="16" y="46"${origin.length * 6 > width - 32 ? ` textLength="${width - 32}" lengthAdjust="spacingAndGlyphs"` : ""}>${escape(origin)}</text>`, // prettier-ignore
    ...key,
    inner,
    "</svg>",
    "",
  ].join("\n");
}
