// What counts as normal: the whole training part, or each of its classes in turn.

import { ArgumentError, fromTypedArray, gather, key, permutation, type Tensor } from "@elbo/tensor";
import type { Dataset, Split } from "../../data/dataset.js";

/** One idea of what is normal. */
export interface Normality {
  /** Fit for a file: `detector`, or `one-class-3`. */
  readonly name: string;
  /** The class that is normal; null where the whole training part is. */
  readonly label: number | null;
  /** The normal examples of the training part, ascending. */
  readonly rows: Int32Array;
  /** For each test example whether it is an anomaly; null where the test part has no labels, or none known to be normal. */
  readonly anomalous: readonly boolean[] | null;
}

/** A detector is fitted on some examples, and its threshold chosen on at least one other. */
const LEAST = 2;

/**
 * What is normal in a data set. Training examples without labels, or of one class, are all normal, and so is a test
 * example of that class; without training labels, of the class that `normal` names, else of the one called "normal", or
 * of class 0 where classes have no names. Training examples of several classes ask for one class at a time: each of
 * `normal`, or each class with two training examples or more.
 * @throws ArgumentError where a class of `normal` has too few examples, or there is nothing to fit to
 * @example normalities(data, [3]) // [{ name: "one-class-3", label: 3, ... }]
 */
export function normalities(data: Dataset, normal?: readonly number[]): Normality[] {
  if (data.train.labels === null) return [wholePart(data, normalOfTest(data, normal))];
  const labels = Array.from(data.train.labels.data);
  const present = distinct(labels);
  for (const label of normal ?? []) checkClass(label, labels, present);
  if (present.length <= 1) return [wholePart(data, present[0] ?? null)];
  const rowsOf = (label: number): Int32Array => Int32Array.from(labels.flatMap((own, i) => (own === label ? [i] : [])));
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

/** The whole training part is normal, and of the test part this class; which one is not known where it is null. */
function wholePart(data: Dataset, normal: number | null): Normality {
  const count = data.train.inputs.shape[0];
  if (count < LEAST) throw fail(`the training part has ${count} examples; a detector needs ${LEAST} or more`);
  const rows = Int32Array.from({ length: count }, (_, i) => i);
  return { name: "detector", label: null, rows, anomalous: normal === null ? null : anomalies(data, normal) };
}

/** The class of the test part that training examples without labels are of; null where nothing says so. */
function normalOfTest({ test, classes }: Dataset, normal?: readonly number[]): number | null {
  if (normal !== undefined) return namedOfTest(test, normal);
  if (classes === undefined) return 0;
  const called = classes.flatMap((name, label) => (name.toLowerCase() === "normal" ? [label] : []));
  return called.length === 1 ? called[0] : null;
}

/** The one class of the test part that `normal` names. */
function namedOfTest(test: Split, normal: readonly number[]): number {
  if (test.labels === null) throw fail("the examples have no classes: all of training is normal; leave normal out");
  const [label, ...others] = new Set(normal);
  if (label === undefined || others.length > 0) {
    const named = others.length + Number(label !== undefined);
    throw fail(
      `the training examples have no classes, so one class of the test part is normal, not ${named}; name one`,
    );
  }
  const present = distinct(Array.from(test.labels.data));
  if (!present.includes(label)) throw fail(`no test example is of class ${label}; there are ${listed(present)}`);
  return label;
}

const anomalies = ({ test }: Dataset, normal: number): boolean[] | null =>
  test.labels === null ? null : Array.from(test.labels.data, (label) => label !== normal);

function checkClass(label: number, labels: readonly number[], present: readonly number[]): void {
  const count = labels.reduce((total, own) => total + Number(own === label), 0);
  if (count === 0) throw fail(`no training example is of class ${label}; there are ${listed(present)}`);
  if (count < LEAST) throw fail(`${count} training example is of class ${label}; a detector needs ${LEAST} or more`);
}

const distinct = (labels: readonly number[]): number[] => [...new Set(labels)].sort((a, b) => a - b);

const listed = (labels: readonly number[]): string => labels.slice(0, 20).join(", ");

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
