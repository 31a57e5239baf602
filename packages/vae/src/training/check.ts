// What training refuses before it computes anything: data that does not suit, and parameters that are spoilt.

import { ArgumentError } from "@elbo/tensor";
import { checkInputs, checkPart } from "../data/check.js";
import type { Dataset } from "../data/dataset.js";
import { DataError } from "../data/errors.js";
import { flatten, type Model, namedParameters } from "../models/model.js";
import type { TrainingConfig } from "./config.js";

/** Refuses data that the model or the choices do not suit. */
export function checkTrainingData(model: Model, data: Dataset, { targets }: TrainingConfig): void {
  for (const part of ["train", "test"] as const) {
    checkPart("fit", data?.[part], part);
    checkInputs("fit", data[part].inputs, targets === "dynamic" ? "bernoulli" : model.config.likelihood);
    if (flatten(model.config, data[part].inputs).shape[0] === 0)
      throw new DataError(`the ${part} part holds no examples`, { op: "fit" });
  }
}

/** Refuses parameters that an earlier run has spoilt. */
export function checkFinite(model: Model): void {
  for (const [name, tensor] of Object.entries(namedParameters(model.params))) {
    if (!tensor.data.every(Number.isFinite)) {
      throw new ArgumentError(`the model's ${name} holds numbers that are not finite; build the model anew`, {
        op: "fit",
      });
    }
  }
}
