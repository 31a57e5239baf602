// What counts as normal: the whole training part, or each of its classes in turn.

import { ArgumentError, fromTypedArray, gather, key, permutation, type Tensor } from "@elbo/tensor";
import type { Dataset } from "../../data/dataset.js";

/** One idea of what is normal. */
export interface Normality {
  /** Fit for a file: `detector`, or `one-class-3`. */
  readonly name: string;
  /** The class that is normal; null where the whole training part is. */
  readonly label: number | null;
  /** The normal examples of the training part, ascending. */
  readonly rows: Int32Array;
  /** For each test example whether it is an anomaly; null where the test part has no labels. */
  readonly anomalous: readonly boolean[] | null;
}

/** A detector is fitted on some examples, and its threshold chosen on at least one other. */
const LEAST = 2;

/**
 * What is normal in a data set. Training examples without labels, or of one class, are all normal, and so is a test
 * example of that class, or of class 0. Training examples of several classes ask for one class at a time: each of
 * `normal`, or each class with two training examples or more.
 * @throws ArgumentError where a class of `normal` has too few training examples, or there is nothing to fit to
 * @example normalities(data, [3]) // [{ name: "one-class-3", label: 3, ... }]
 */
export function normalities(data: Dataset, normal?: readonly number[]): Normality[] {
  const labels = data.train.labels === null ? null : Array.from(data.train.labels.data);
  const present = [...new Set(labels ?? [])].sort((a, b) => a - b);
  const count = data.train.inputs.shape[0];
  if (normal !== undefined) for (const label of normal) checkClass(label, present, labels);
  if (present.length <= 1) {
    if (count < LEAST) throw fail(`the training part has ${count} examples; a detector needs ${LEAST} or more`);
    return [
      {
        name: "detector",
        label: null,
        rows: Int32Array.from({ length: count }, (_, i) => i),
        anomalous: anomalies(data, present[0] ?? 0),
      },
    ];
  }
  const rowsOf = (label: number): Int32Array =>
    Int32Array.from(labels!.flatMap((own, i) => (own === label ? [i] : [])));
  const chosen = [...new Set(normal ?? present)].map((label) => ({ label, rows: rowsOf(label) }));
  const enough = chosen.filter(({ rows }) => rows.length >= LEAST);
  if (enough.length === 0) throw fail(`no class has ${LEAST} training examples or more; give more of them`);
  return enough.map(({ label, rows }) => ({
    name: `one-class-${label}`,
    label,
    rows,
    anomalous: anomalies(data, label),
  }));
}

const anomalies = ({ test }: Dataset, normal: number): boolean[] | null =>
  test.labels === null ? null : Array.from(test.labels.data, (label) => label !== normal);

function checkClass(label: number, present: readonly number[], labels: readonly number[] | null): void {
  if (labels === null) throw fail("the training examples have no classes: all of them are normal; leave normal out");
  const count = labels.reduce((total, own) => total + Number(own === label), 0);
  if (count === 0) throw fail(`no training example is of class ${label}; there are ${present.slice(0, 20).join(", ")}`);
  if (count < LEAST) throw fail(`${count} training example is of class ${label}; a detector needs ${LEAST} or more`);
}

const fail = (message: string): ArgumentError => new ArgumentError(message, { op: "anomaly" });

/** Normal examples in two parts. */
export interface HoldOut {
  /** `[count, ...input]`: what detectors are fitted to. */
  readonly fitted: Tensor;
  /** `[count, ...input]`: what their thresholds are chosen by. */
  readonly heldOut: Tensor;
}

/** The inputs at two rows or more, in the order of `permutation(key(seed), rows)`: the last tenth, at least one, is held out. */
export function holdOut(inputs: Tensor, rows: Int32Array, seed: number): HoldOut {
  const chosen = Int32Array.from(permutation(key(seed), rows.length).data, (at) => rows[at]);
  const fitted = rows.length - Math.max(1, Math.floor(rows.length / 10));
  return { fitted: take(inputs, chosen.slice(0, fitted)), heldOut: take(inputs, chosen.slice(fitted)) };
}

/** The examples at these places. */
export const take = (inputs: Tensor, rows: Int32Array): Tensor => gather(inputs, fromTypedArray(rows, [rows.length]));
