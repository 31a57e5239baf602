// Data sets and runs that take milliseconds.

import { foldIn, key, type Tensor, uniform } from "@elbo/tensor";
import type { Dataset } from "../../src/data/dataset.js";
import type { Model } from "../../src/models/model.js";
import { fit, type FitOptions } from "../../src/training/fit.js";
import type { Report } from "../../src/training/report.js";

/** A data set over these inputs, without labels. */
export const dataOf = (train: Tensor, test: Tensor): Dataset => ({
  name: "tiny",
  train: { inputs: train, labels: null },
  test: { inputs: test, labels: null },
});

/** Examples of any shape, every element uniform in 0..1. */
export const noise = (train: number, test: number, shape: readonly number[], seed = 0): Dataset =>
  dataOf(uniform(foldIn(key(seed), 0), [train, ...shape]), uniform(foldIn(key(seed), 1), [test, ...shape]));

/** All the reports of a run. */
export async function train(model: Model, data: Dataset, options: FitOptions): Promise<Report[]> {
  const reports: Report[] = [];
  for await (const report of fit(model, data, options)) reports.push(report);
  return reports;
}

/** Reports without the one thing that differs between equal runs. */
export const timeless = (reports: readonly Report[]): Omit<Report, "seconds">[] =>
  reports.map(({ epoch, train, test }) => ({ epoch, train, test }));
