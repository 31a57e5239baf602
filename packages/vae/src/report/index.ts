// @elbo/vae/report: pictures and pages of a training run, from plain data to strings and bytes.

export { architectureDrawing } from "./architecture/draw.js";
export { type CurvePanel, learningCurves } from "./curves.js";
export type { LatentMap, ReportData, Setting } from "./data.js";
export { ACTIVE_KL, activeDimensions, activeSentence, klChart } from "./kl.js";
export { latentChart } from "./latent.js";
export { duration } from "./numbers.js";
export { reportPage } from "./page.js";
export { dataUri, type GridOptions, imageGrid, pairedStrip } from "./png.js";
