// The page of the uses: what a trained model is good for, each use with its table and pictures beside its baselines.

import { bestValues, type Comparison } from "../uses/comparison.js";
import { commandBlock, htmlDocument, quiet, section, settingsList, versionsLine } from "./document.js";
import type { Exhibit, Picture } from "./exhibits/exhibit.js";
import { type Child, element, Markup } from "./markup.js";
import { factName, factText, fixed } from "./numbers.js";
import { dataUri, pngSize } from "./png.js";

/** What the page says beside its exhibits. */
export interface UsesPageData {
  readonly title: string;
  /** What the model is and what it was trained on, in a sentence. */
  readonly summary: string;
  readonly exhibits: readonly Exhibit[];
  /** The command that repeats the page. */
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Exhibits as one self-contained HTML page.
 * @example await writeFile("uses.html", usesPage({ title, summary, exhibits, command, versions }))
 */
export const usesPage = ({ title, summary, exhibits, command, versions }: UsesPageData): string =>
  htmlDocument(
    title,
    [
      element("p", { class: "summary" }, summary),
      quiet(
        "Rows in bold are models of this run; the others are baselines. The best value of a column is marked. Baselines see the same training data; models that are trained for comparison have the epochs that stand below each use.",
      ),
    ],
    [
      ...exhibits.map(exhibitSection),
      section("Run", undefined, quiet("This command repeats the page."), commandBlock(command), versionsLine(versions)),
    ],
  );

const exhibitSection = ({ title, reading, comparisons, pictures, facts }: Exhibit): Markup =>
  section(
    title,
    "long use",
    quiet(reading),
    comparisons.map(comparisonTable),
    pictures.map(pictureFigure),
    settingsList(Object.entries(facts).map(([name, value]) => [factName(name), factText(name, value)])),
  );

/** A comparison as a table; the best value of a column stands out by weight and a mark, not by colour alone. */
export function comparisonTable(comparison: Comparison): Markup {
  const { title, columns, rows } = comparison;
  const best = bestValues(comparison);
  const cell = (value: number | null, at: number): Markup => {
    const isBest = value !== null && value === best[at];
    return element(
      "td",
      { class: isBest ? "best" : undefined },
      value === null ? "–" : fixed(value, columns[at].decimals),
    );
  };
  return element(
    "div",
    { class: "scroll comparison" },
    element(
      "table",
      {},
      element("caption", {}, title),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "col" }, ""),
          columns.map(({ name, unit, better }) =>
            element(
              "th",
              { scope: "col" },
              name,
              element("small", {}, [unit, better === null ? "" : ARROW[better]].join(" ").trim()),
            ),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        rows.map(({ method, ours, values }) =>
          element(
            "tr",
            { class: ours ? "ours" : undefined },
            element("th", { scope: "row" }, method),
            values.map(cell),
          ),
        ),
      ),
    ),
  );
}

const ARROW = { higher: "↑", lower: "↓" } as const;

const pictureFigure = (picture: Picture): Markup =>
  element(
    "figure",
    { class: "exhibit" },
    element("div", { class: "scroll" }, content(picture)),
    element("figcaption", {}, picture.caption),
  );

function content({ svg, png, gif, caption }: Picture): Child {
  if (svg !== undefined) return new Markup(svg);
  if (png !== undefined) return element("img", { src: dataUri(png), alt: caption, ...pngSize(png) });
  return gif === undefined ? null : element("img", { src: dataUri(gif, "image/gif"), alt: caption });
}
