// @elbo/vae/report: pictures and pages of a training run, from plain data to strings and bytes.

export { animation, type AnimationOptions, sideBySide, thereAndBack } from "./animation.js";
export { architectureDrawing } from "./architecture/draw.js";
export { type CurvePanel, learningCurves } from "./curves.js";
export type { LatentMap, ReportData, Setting } from "./data.js";
export { embedExhibit } from "./exhibits/embed.js";
export type { Exhibit, Picture, Sheet } from "./exhibits/exhibit.js";
export { generateExhibit, traversalRows } from "./exhibits/generate.js";
export { ACTIVE_KL, activeDimensions, activeSentence, klChart } from "./kl.js";
export { latentChart } from "./latent.js";
export { duration, factName, factText } from "./numbers.js";
export { reportPage } from "./page.js";
export { dataUri, type GridOptions, imageGrid, pairedStrip } from "./png.js";
export { usesPage, type UsesPageData } from "./uses-page.js";
export { denoiseExhibit } from "./exhibits/denoise.js";
export { labelledStrips, type Strip, type StripsOptions } from "./strips.js";
export { anomalyExhibit, detectionExhibit } from "./exhibits/anomaly.js";
