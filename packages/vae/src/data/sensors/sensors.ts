// The embedded table: readings of an imagined pump, normal ones to learn, and outliers among those to judge.

import {
  checkOptions,
  concat,
  foldIn,
  fromTypedArray,
  gather,
  key,
  type Key,
  normal,
  slice,
  tensor,
  type Tensor,
  zeros,
} from "@elbo/tensor";
import { checkCount } from "../arguments.js";
import { describeColumns, standardise } from "../columns.js";
import type { Dataset } from "../dataset.js";
import { anyStates, lyingSignals } from "./outliers.js";
import { pump, signals } from "./relations.js";

/** The standard deviation of a sensor's noise, in its swings. */
const NOISE = 0.07;
/** Which rows of the test part are outliers. */
const OUTLIER_EVERY = 10;
const isOutlier = (row: number): boolean => row % OUTLIER_EVERY === OUTLIER_EVERY - 1;

const MOST = 1_000_000;

/** What the keys folded from the seed are for, and from a part's key. */
const PART = { train: 0, test: 1 } as const;
const DRAW = { states: 0, noise: 1, outliers: 2 } as const;

/** How many rows, and from which seed. */
export interface SensorsOptions {
  /** Rows of the training part; 5000 unless said otherwise. */
  readonly train?: number;
  /** Rows of the test part; 1000 unless said otherwise. */
  readonly test?: number;
  /** 0 unless said otherwise; a whole number from 0 to 2^53 - 1. */
  readonly seed?: number;
}

/**
 * Readings of twelve sensors of an imagined pump. Three hidden factors (drive, valve, weather) determine a row through
 * products, saturations and sines, but for noise of 0.07 swings. The training part is normal. Every tenth test row is
 * an outlier, in turn a broken relation, a stuck sensor and a drift, whose readings are ordinary one by one.
 *
 * @returns inputs `[count, 12]`, float32, in standard units of the training rows (`columns` has the pump's); labels
 *   `[count]`, int32, 0 normal and 1 outlier. The bits are the same on every runtime
 * @throws ArgumentError where a count is not a whole number from 1 to 1,000,000, or the seed from 0 to 2^53 - 1
 * @example const { train, columns } = sensors({ train: 1000, test: 100 }); train.inputs.shape // [1000, 12]
 */
export function sensors(options: SensorsOptions = {}): Dataset {
  checkOptions("sensors", options, ["train", "test", "seed"]);
  const { train = 5000, test = 1000, seed = 0 } = options;
  checkCount("sensors", "train", train, 1, MOST);
  checkCount("sensors", "test", test, 1, MOST);
  const rows = {
    train: readings(foldIn(key(seed), PART.train), train, false),
    test: readings(foldIn(key(seed), PART.test), test, true),
  };
  const columns = describeColumns(
    pump.map(({ name }) => name),
    rows.train,
  );
  return {
    name: "sensors",
    train: { inputs: standardise(columns, rows.train), labels: zeros([train], { dtype: "int32" }) },
    test: {
      inputs: standardise(columns, rows.test),
      labels: fromTypedArray(Int32Array.from({ length: test }, (_, row) => Number(isOutlier(row)))),
    },
    classes: ["normal", "outlier"],
    columns,
  };
}

/** What the sensors read, `[count, 12]`, in the pump's units. */
function readings(from: Key, count: number, withOutliers: boolean): Tensor {
  const states = anyStates(foldIn(from, DRAW.states), count);
  const honest = signals(states);
  const shown = withOutliers ? mixed(foldIn(from, DRAW.outliers), states, honest) : honest;
  const noise = normal(foldIn(from, DRAW.noise), shown.shape).mul(NOISE);
  return shown
    .add(noise)
    .mul(tensor(pump.map(({ swing }) => swing)))
    .add(tensor(pump.map(({ middle }) => middle)));
}

/** Honest signals, `[count, 12]`, with those of every tenth row replaced. */
function mixed(from: Key, states: Tensor, honest: Tensor): Tensor {
  const count = honest.shape[0];
  const lies = lyingSignals(from, slice(states, [{ start: OUTLIER_EVERY - 1, step: OUTLIER_EVERY }]));
  const rows = Int32Array.from({ length: count }, (_, row) =>
    isOutlier(row) ? count + Math.floor(row / OUTLIER_EVERY) : row,
  );
  return gather(concat([honest, lies]), fromTypedArray(rows));
}
