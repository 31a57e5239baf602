// The report: one HTML page that holds everything it shows and asks for nothing.

import type { ReportData } from "./data.js";
import { figures, reading, summary } from "./headline.js";
import { element, Markup } from "./markup.js";
import {
  curvesSection,
  epochsSection,
  klSection,
  latentSection,
  modelSection,
  reconstructionsSection,
  runSection,
  samplesSection,
} from "./sections.js";
import { STYLE } from "./style.js";

/** No scripts, no requests: pictures from the page itself, styles from the page itself, nothing else. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A training run as one self-contained HTML page: the model, its learning curves, reconstructions, samples, latent space,
 * and all that is needed to repeat it. All text is escaped. Values that are not finite are shown as such.
 * @throws ShapeError where images are not `[n, height, width]` or a reconstruction differs in size from its input
 * @example await writeFile("report.html", reportPage(data))
 */
export function reportPage(given: ReportData): string {
  const data = withImagesOnly(given);
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("title", {}, data.title),
    element("style", {}, new Markup(STYLE)),
  );
  const body = element(
    "body",
    {},
    element(
      "header",
      {},
      element("h1", {}, data.title),
      element("p", { class: "summary" }, summary(data)),
      data.log.length === 0 ? null : element("p", { class: "quiet" }, reading(data)),
      element(
        "dl",
        { class: "figures" },
        figures(data).map(({ name, value, unit }) =>
          element("div", {}, element("dt", {}, name), element("dd", {}, value, element("small", {}, unit))),
        ),
      ),
    ),
    element("main", {}, [
      modelSection(data),
      curvesSection(data),
      reconstructionsSection(data),
      samplesSection(data),
      latentSection(data),
      klSection(data),
      epochsSection(data),
      runSection(data),
    ]),
  );
  return `<!doctype html>\n${element("html", { lang: "en" }, head, body).source}\n`;
}

/** Examples that are no images have no pictures, whether or not they were handed in. */
function withImagesOnly(data: ReportData): ReportData {
  if (data.architecture.input.length === 2) return data;
  return { ...data, inputs: null, reconstructions: null, samples: null };
}
