// The report: one HTML page that holds everything it shows and asks for nothing.

import type { ReportData } from "./data.js";
import { figureList, htmlDocument, quiet } from "./document.js";
import { figures, reading, summary } from "./headline.js";
import { element } from "./markup.js";
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

/**
 * A training run as one self-contained HTML page: the model, its learning curves, reconstructions, samples, latent space,
 * and all that is needed to repeat it. All text is escaped. Values that are not finite are shown as such.
 * @throws ShapeError where images are not `[n, height, width]` or a reconstruction differs in size from its input
 * @example await writeFile("report.html", reportPage(data))
 */
export function reportPage(given: ReportData): string {
  const data = withImagesOnly(given);
  return htmlDocument(
    data.title,
    [
      element("p", { class: "summary" }, summary(data)),
      data.log.length === 0 ? null : quiet(reading(data)),
      figureList(figures(data)),
    ],
    [
      modelSection(data),
      curvesSection(data),
      reconstructionsSection(data),
      samplesSection(data),
      latentSection(data),
      klSection(data),
      epochsSection(data),
      runSection(data),
    ],
  );
}

/** Examples that are no images have no pictures, whether or not they were handed in. */
function withImagesOnly(data: ReportData): ReportData {
  if (data.architecture.input.length === 2) return data;
  return { ...data, inputs: null, reconstructions: null, samples: null };
}
