// The figures that sum up a run: its last epoch in nats per example and in bits per dimension.

import type { ReportData } from "./data.js";
import { bitsPerDimension } from "../evaluation/metrics.js";
import { activeDimensions } from "./kl.js";
import { dimensionsOf, duration, fixed, whole } from "./numbers.js";

/** One figure with its name and unit. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
}

/** The value that the run is judged by: the test ELBO, or the test reconstruction of a model without a prior. */
function finalNats(data: ReportData): number | undefined {
  const last = data.log[data.log.length - 1];
  if (last === undefined) return undefined;
  return (data.architecture.kind === "vae" ? last.test.elbo : last.test.reconstruction) ?? NaN;
}

/** The run in one sentence. */
export function summary(data: ReportData): string {
  const nats = finalNats(data);
  if (nats === undefined) return "No epoch was logged, so there is nothing to sum up.";
  const epochs = `${data.log.length} ${data.log.length === 1 ? "epoch" : "epochs"}`;
  const bits = fixed(bitsPerDimension(-nats, dimensionsOf(data.architecture.input)), 3);
  return data.architecture.kind === "vae"
    ? `After ${epochs} the test ELBO is ${fixed(nats)} nats per example, or ${bits} bits per dimension.`
    : `After ${epochs} the test reconstruction, log p(x|z), is ${fixed(nats)} nats per example, or ${bits} bits per dimension.`;
}

/** What the figures of the headline mean, and what they must not be compared with. */
export function reading({ architecture: { kind, likelihood } }: ReportData): string {
  const bound =
    kind === "vae"
      ? "The ELBO bounds log p(x) from below."
      : "This leaves out what it costs to say z, so it is no bound on log p(x) and cannot be compared with the ELBO of a VAE.";
  return `${bound} ${kind === "vae" && likelihood === "bernoulli" ? binary : likelihood === "gaussian" ? density : ""}`.trim();
}

const binary =
  "For binary x its negative in bits is the expected length of a lossless (bits-back) code; where pixels are grey levels, it is a cross-entropy and no code length.";
const density =
  "With a Gaussian likelihood p(x|z) is a density: the figures depend on the scale of the data, and bits may be negative.";

/** The figures of the headline. */
export function figures(data: ReportData): Figure[] {
  const { architecture, log, klPerDimension } = data;
  const nats = finalNats(data);
  const seconds = log.reduce((sum, entry) => sum + entry.seconds, 0);
  const list: Figure[] = [];
  if (nats !== undefined) {
    list.push({
      name: architecture.kind === "vae" ? "Test ELBO" : "Test reconstruction",
      value: fixed(nats),
      unit: "nats per example",
    });
    list.push({
      name: "Bits per dimension",
      value: fixed(bitsPerDimension(-nats, dimensionsOf(architecture.input)), 3),
      unit: `${architecture.kind === "vae" ? "−ELBO" : "−log p(x|z)"} / (${whole(dimensionsOf(architecture.input))} ln 2)`,
    });
  }
  if (klPerDimension !== null) {
    list.push({
      name: "Active dimensions",
      value: `${activeDimensions(klPerDimension)} of ${klPerDimension.length}`,
      unit: "of the code",
    });
  } else {
    list.push({ name: "Code", value: whole(architecture.latent), unit: "dimensions" });
  }
  list.push({ name: "Parameters", value: whole(architecture.parameters), unit: "trained scalars" });
  if (log.length > 0)
    list.push({
      name: "Training",
      value: duration(seconds),
      unit: `${log.length} ${log.length === 1 ? "epoch" : "epochs"}`,
    });
  return list;
}
