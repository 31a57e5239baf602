// Outliers of three kinds, each of readings that are ordinary one by one: some sensors show another state.

import {
  abs,
  bernoulli,
  equal,
  foldIn,
  fromTypedArray,
  gather,
  greaterEqual,
  type Key,
  max,
  maximum,
  oneHot,
  randomInt,
  split,
  type Tensor,
  uniform,
  where,
} from "@elbo/tensor";
import { FACTORS, pump, signals } from "./relations.js";

/** States `[count, 3]` as the sensors marked by 1 in `liars` `[count, 12]` show them; the others show the truth. */
interface Lie {
  readonly states: Tensor;
  readonly liars: Tensor;
}

/** States as they are, from which the lies of one kind are made, with a key for each try. */
type Kind = (key: Key, truth: Tensor) => Lie;

/** A lie should move a reading by this many swings; the first of so many tries that does is taken, else the last. */
const TELLING = 0.9;
const TRIES = 8;

const SENSORS = pump.length;

/** `[12, 12]`: row i has 1 at the sensors i, i + 1 and i + 2, counted around. */
const neighbours = fromTypedArray(
  Float32Array.from({ length: SENSORS ** 2 }, (_, at) =>
    ((at % SENSORS) - Math.floor(at / SENSORS) + SENSORS) % SENSORS < 3 ? 1 : 0,
  ),
  [SENSORS, SENSORS],
);

/** States with every factor uniform on [-1, 1). */
export const anyStates = (key: Key, count: number): Tensor => uniform(key, [count, FACTORS], { low: -1, high: 1 });

const anySensors = (key: Key, count: number): Tensor => randomInt(key, [count], { high: SENSORS });

/** A broken relation: one sensor or two read what they do in another normal state. */
const broken: Kind = (key, truth) => {
  const count = truth.shape[0];
  const [states, one, other, both] = split(key, 4);
  const first = anySensors(one, count);
  const second = where(bernoulli(both, 0.5, [count]), anySensors(other, count), first);
  return { states: anyStates(states, count), liars: maximum(oneHot(first, SENSORS), oneHot(second, SENSORS)) };
};

/** A stuck sensor: whatever the state, it reads what it did in one, which is its own. */
const stuck =
  (frozen: Tensor): Kind =>
  (key, truth) => {
    const sensors = anySensors(key, truth.shape[0]);
    return { states: gather(frozen, sensors), liars: oneHot(sensors, SENSORS) };
  };

/** A drift: three neighbours respond to one factor as if it were 0.5 to 1 further on, from 1 round to -1. */
const drifted: Kind = (key, truth) => {
  const count = truth.shape[0];
  const [shift, factor, sensor] = split(key, 3);
  const which = oneHot(randomInt(factor, [count], { high: FACTORS }), FACTORS);
  const moved = truth.add(which.mul(uniform(shift, [count, 1], { low: 0.5, high: 1 })));
  return {
    states: where(greaterEqual(moved, 1), moved.sub(2), moved),
    liars: gather(neighbours, anySensors(sensor, count)),
  };
};

/**
 * What the sensors show of states where some of them lie: row i is of kind i mod 3 (broken, stuck, drifted).
 * @param truth `[count, 3]`
 * @returns `[count, 12]` in swings, without noise
 */
export function lyingSignals(key: Key, truth: Tensor): Tensor {
  const count = truth.shape[0];
  const [frozen, tries] = split(key);
  const kinds = [broken, stuck(anyStates(frozen, SENSORS)), drifted];
  const kindOf = fromTypedArray(
    Int32Array.from({ length: count }, (_, i) => i % kinds.length),
    [count, 1],
  );
  const shown = kinds.map((kind, i) => telling(kind, foldIn(tries, i), truth));
  return shown.reduce((all, own, i) => where(equal(kindOf, i), own, all));
}

/** The first try that moves a reading far enough; tries are taken from the last to the first, each over the later. */
function telling(kind: Kind, key: Key, truth: Tensor): Tensor {
  const honest = signals(truth);
  const tries = Array.from({ length: TRIES }, (_, i) => {
    const { states, liars } = kind(foldIn(key, i), truth);
    return where(liars, signals(states), honest);
  });
  return tries.reduceRight((later, now) => {
    const moved = max(abs(now.sub(honest)), { axis: 1, keepDims: true });
    return where(greaterEqual(moved, TELLING), now, later);
  });
}
