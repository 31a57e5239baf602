// `pnpm bench tables`: writes the figures of bench/results into the tables of the pages that show them.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Exhibit, factName, factText } from "@elbo/vae/report";
import { bestValues, type Comparison } from "@elbo/vae";
import { RATIOS, ratiosAt } from "./training/ratios.js";
import { isMeasured, type MeasuredRow, type Results, writeText } from "./harness/results.js";
import { commandsOf, STUDIES } from "./studies.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The pages, and in each the results that stand between `<!-- NAME -->` and `<!-- end -->`. */
const PAGES = [
  "bench/README.md",
  "docs/03-from-three-loops-to-the-packed-kernel.md",
  ...["embed", "denoise", "anomaly", "generate"].map((use) => `docs/uses/${use}.md`),
];

/** Every page as it should be. */
export function pagesWithTables(): { readonly file: string; readonly is: string; readonly shouldBe: string }[] {
  return PAGES.map((page) => {
    const is = readFileSync(`${root}${page}`, "utf8");
    const shouldBe = is.replace(
      /(<!-- (\S+) -->\n)[\s\S]*?(\n<!-- end -->)/g,
      (_, open: string, name: string, close: string) => `${open}\n${tableOf(name, page)}\n${close}`,
    );
    return { file: `${root}${page}`, is, shouldBe };
  });
}

/** Brings the pages up to date. */
export async function writeTables(): Promise<void> {
  for (const { file, is, shouldBe } of pagesWithTables()) if (is !== shouldBe) await writeText(file, shouldBe);
}

function tableOf(name: string, page: string): string {
  const file = `${root}bench/results/${name}.json`;
  if (!existsSync(file)) throw new Error(`${page} shows ${name}, and bench/results has no ${name}.json`);
  const kept = JSON.parse(readFileSync(file, "utf8")) as Results | KeptExhibit;
  return "use" in kept ? exhibitTables(name, kept) : suiteTable(kept);
}

function suiteTable(results: Results): string {
  const { machine, versions, rounds } = results;
  const origin = `${machine.cpu}, ${machine.cores} cores; Node ${versions.node}, V8 ${versions.v8}; relaxed SIMD ${machine.relaxedSimd}${machine.revectorize ? "; vectors paired" : ""}; medians of ${rounds} interleaved rounds.`;
  const table = {
    matmul: matmulTable,
    elementwise: elementwiseTable,
    startup: startupTable,
    steps: stepsTable,
    step: stepTables,
  }[results.suite];
  return `${table!(results)}\n\n${origin}`;
}

/** The `table.json` of a use. */
type KeptExhibit = Pick<Exhibit, "use" | "comparisons" | "facts"> & {
  readonly versions: Readonly<Record<string, string>>;
};

/** The commands of a study, its comparisons, and what the figures follow from. */
function exhibitTables(name: string, { comparisons, facts, versions }: KeptExhibit): string {
  const commands = commandsOf(STUDIES[name]).map((command) => `pnpm ${command}`);
  const followed = Object.entries(facts).map(([fact, value]) => `${factName(fact)} ${factText(fact, value)}`);
  const origin = `${versions["cpu"]}; Node ${versions["node"]}; ${followed.join("; ")}.`;
  return ["```sh", ...commands, "```", "", ...comparisons.flatMap((one) => [comparisonTable(one), ""]), origin].join(
    "\n",
  );
}

/** A comparison with its best values in bold type. */
function comparisonTable(comparison: Comparison): string {
  const best = bestValues(comparison);
  const names = comparison.columns.map(({ name, unit }) => (unit === "" ? name : `${name}, ${unit}`));
  const lines = comparison.rows.map(({ method, values }) =>
    row([
      method,
      ...values.map((value, column) => {
        if (value === null) return "";
        const text = value.toFixed(comparison.columns[column].decimals);
        return value === best[column] ? `**${text}**` : text;
      }),
    ]),
  );
  return [`*${comparison.title}*`, "", head(["", ...names]), ...lines].join("\n");
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const head = (cells: readonly string[]): string => `${row(cells)}\n${row(cells.map(() => "---"))}`;

/** Three digits, without an exponent. */
const figure = (x: number | undefined): string => (x === undefined ? "" : String(Number(x.toPrecision(3))));
const fraction = (x: number | undefined): string => (x === undefined ? "" : x.toFixed(2));

const measured = ({ rows }: Results): readonly MeasuredRow[] => rows.filter(isMeasured);
const casesOf = (results: Results): string[] => [...new Set(measured(results).map((one) => one.case))];
const at = (results: Results, name: string, engine: string): MeasuredRow | undefined =>
  measured(results).find((one) => one.case === name && one.engine === engine);
const present = (results: Results): string[] =>
  results.engines.flatMap((engine) => ("absent" in engine ? [] : [engine.engine]));

function matmulTable(results: Results): string {
  const engines = present(results);
  const lines = casesOf(results).map((name) => {
    const own = at(results, name, results.base);
    return row([
      name,
      figure(at(results, name, "limit")?.median),
      fraction(own?.share),
      fraction(own?.againstRounded),
      ...engines.map((engine) => figure(at(results, name, engine)?.median)),
    ]);
  });
  return [head(["GFLOP/s", "limit", "elbo's share", "/ rounded", ...engines]), ...lines].join("\n");
}

function elementwiseTable(results: Results): string {
  const engines = present(results);
  const lines = casesOf(results).map((name) => {
    const own = at(results, name, "elbo");
    return row([
      name,
      figure(own?.ratio),
      own?.errorUnit === "ulp" ? fraction(own.error) : "",
      ...engines.map((engine) => figure(at(results, name, engine)?.median)),
    ]);
  });
  return [head(["ns/element", "elbo against Math", "elbo's ulp", ...engines]), ...lines].join("\n");
}

/** The times of a training step, and below them how they compare within the rounds. */
function stepTables(results: Results): string {
  const engines = present(results);
  const cases = casesOf(results);
  const times = cases.map((name) =>
    row([name, ...["limit", ...engines].map((engine) => figure(at(results, name, engine)?.median))]),
  );
  const ratios = cases.map((name) => row([name, ...ratiosAt(results.rows, name).map(fraction)]));
  return [head(["ms/step", "limit", ...engines]), ...times, "", head(["", ...RATIOS]), ...ratios].join("\n");
}

function startupTable(results: Results): string {
  const engines = present(results);
  const lines = casesOf(results).map((name) =>
    row([name, ...engines.map((engine) => figure(at(results, name, engine)?.median))]),
  );
  return [head(["ms", ...engines]), ...lines].join("\n");
}

/** What a step is, and where the chapter speaks of it. */
const STEPS: Readonly<Record<string, readonly [text: string, section: string]>> = {
  "1 three loops": ["1. three loops, in TypeScript", "3.1"],
  "2 loops i k j": ["2. their order: i, k, j", "3.4"],
  "3 blocked": ["3. all ideas but one, in TypeScript", "3.5"],
  "4 four columns": ["4. WebAssembly, four columns at once", "3.5"],
  "5 tile": ["5. a tile of C in registers", "3.6"],
  "6 packed": ["6. packed and blocked: `strict`", "3.7, 3.8"],
  "6a spilling": ["6a. with one register too few", "3.6"],
  "7 fused": ["7. fused multiply-add: `fast`", "3.10"],
  "7a no breaks": ["7a. without the breaks", "3.11"],
  "8 paired": ["8. vectors paired", "3.12"],
  "9 eager": ["9. the same from JavaScript's memory", "3.12"],
};

function stepsTable(results: Results): string {
  const [square, gradient] = casesOf(results);
  const lines = Object.entries(STEPS).flatMap(([engine, [text, section]]) => {
    const [one, other] = [at(results, square, engine), at(results, gradient, engine)];
    if (one === undefined || other === undefined) return [];
    const error = one.error === undefined ? "" : String(Number(one.error.toPrecision(2)));
    return [
      row([text, figure(one.median), fraction(one.share), figure(other.median), fraction(other.share), error, section]),
    ];
  });
  return [
    head(["step", "512 x 512 x 512", "share", "784 x 128 x 400", "share", "error at 512", "section"]),
    ...lines,
  ].join("\n");
}
