// Paths through latent space: exact ends, constant lengths, equal angles, and the cases that have no arc.

import { fromTypedArray, slice, tensor, type Tensor } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lerp, loop, slerp, traverse } from "../src/uses/generate/latent-paths.js";
import { expectClose, numbers } from "./support/numbers.js";

const vector = (values: readonly number[]): Tensor => fromTypedArray(Float32Array.from(values), [values.length]);
const row = (path: Tensor, i: number): number[] => numbers(slice(path, [i]));
const rowsOf = (path: Tensor): number[][] => Array.from({ length: path.shape[0] }, (_, i) => row(path, i));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((total, x, i) => total + x * b[i], 0);
const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
const away = (a: readonly number[], b: readonly number[]): number => norm(a.map((x, i) => x - b[i]));
const angle = (a: readonly number[], b: readonly number[]): number => {
  const [u, v] = [a, b].map((x) => x.map((value) => value / norm(x)));
  return 2 * Math.atan2(away(u, v), norm(u.map((x, i) => x + v[i])));
};

/** Each coordinate of a point is rounded once to float32: a point of this length moves by at most so much. */
const rounding = (length: number): number => 2 ** -24 * length * 1.01 + 1e-12;

const coordinate = fc.float({ min: -4, max: 4, noNaN: true, noDefaultInfinity: true });
const pairs = fc
  .integer({ min: 1, max: 8 })
  .chain((n) => fc.tuple(...[0, 1].map(() => fc.array(coordinate, { minLength: n, maxLength: n }))))
  .map(([a, b]) => [a.map(Math.fround), b.map(Math.fround)] as const);
/** Pairs with an angle between them that is neither 0 nor 180 degrees. */
const turning = pairs.filter(([a, b]) => norm(a) > 0.1 && norm(b) > 0.1 && Math.sin(angle(a, b)) > 1e-3);
const steps = fc.integer({ min: 2, max: 12 });

describe("lerp and slerp", () => {
  test("begin and end with a and b, to the bit, whatever these are", () => {
    fc.assert(
      fc.property(pairs, steps, ([a, b], count) => {
        for (const path of [lerp, slerp]) {
          const points = path(vector(a), vector(b), count);
          expect(points.shape).toEqual([count, a.length]);
          expect(row(points, 0).map((x) => x + 0)).toEqual(a.map((x) => x + 0));
          expect(row(points, count - 1).map((x) => x + 0)).toEqual(b.map((x) => x + 0));
          expect(numbers(points).every(Number.isFinite)).toBe(true);
        }
      }),
    );
  });

  test("reversed ends give the reversed path", () => {
    fc.assert(
      fc.property(turning, steps, ([a, b], count) => {
        for (const path of [lerp, slerp]) {
          const forth = rowsOf(path(vector(a), vector(b), count));
          const back = rowsOf(path(vector(b), vector(a), count)).reverse();
          // A sine of 1e-3 loses three digits of double, so what differs is the rounding to float32, on either side.
          forth.forEach((point, i) => expect(away(point, back[i])).toBeLessThan(2 * rounding(norm(point)) + 1e-11));
        }
      }),
    );
  });

  test("lerp goes in equal steps", () => {
    fc.assert(
      fc.property(pairs, steps, ([a, b], count) => {
        rowsOf(lerp(vector(a), vector(b), count)).forEach((point, i) => {
          const t = i / (count - 1);
          const want = a.map((x, j) => x + t * (b[j] - x));
          expect(away(point, want)).toBeLessThanOrEqual(rounding(norm(want)));
        });
      }),
    );
  });

  test("slerp keeps the length of unit vectors, and goes linearly from one length to another", () => {
    fc.assert(
      fc.property(turning, steps, ([a, b], count) => {
        rowsOf(slerp(vector(a), vector(b), count)).forEach((point, i) => {
          const t = i / (count - 1);
          const want = (1 - t) * norm(a) + t * norm(b);
          expect(Math.abs(norm(point) - want)).toBeLessThanOrEqual(rounding(want));
        });
      }),
    );
  });

  test("slerp turns by equal angles, in the plane of a and b", () => {
    fc.assert(
      fc.property(turning, steps, ([a, b], count) => {
        const points = rowsOf(slerp(vector(a), vector(b), count));
        const whole = angle(a, b);
        points.forEach((point, i) => {
          // A rounding of 2^-24 of the length turns a point by as much at most, and its neighbour too.
          const fromA = (i / (count - 1)) * whole;
          expectClose(angle(point, a), fromA, 2 ** -22);
          expectClose(angle(point, b), whole - fromA, 2 ** -22);
        });
      }),
    );
  });

  test("slerp comes to lerp as the angle goes to 0: in proportion, and by its square where lengths are equal", () => {
    const angles = fc.double({ min: 1e-3, max: 1, noNaN: true });
    const ratios = fc.oneof(fc.constant(1), fc.double({ min: 0.5, max: 2, noNaN: true }));
    fc.assert(
      fc.property(angles, ratios, (theta, ratio) => {
        const [a, b] = [tensor([1, 0]), tensor([ratio * Math.cos(theta), ratio * Math.sin(theta)])];
        // With d the direction at t, the two differ by (1 - t) |a| (d - u) + t |b| (d - v), |d - u| <= t theta and
        // |d - v| <= (1 - t) theta. For |a| = |b| the first order cancels: what remains is, along d, a sum of
        // cosines, and across a sum of sines less their arguments.
        const bound = ratio === 1 ? theta ** 2 / 8 + theta ** 3 / 24 : (theta * (1 + ratio)) / 4;
        const lines = rowsOf(lerp(a, b, 9));
        rowsOf(slerp(a, b, 9)).forEach((point, i) =>
          expect(away(point, lines[i])).toBeLessThan(bound + 4 * rounding(2)),
        );
      }),
    );
  });

  test("a quarter of a circle", () => {
    const half = Math.SQRT1_2;
    const points = rowsOf(slerp(tensor([1, 0]), tensor([0, 1]), 3));
    expect(away(points[1], [half, half])).toBeLessThan(rounding(1));
  });

  test("parallel vectors and vectors of length 0 give the line", () => {
    for (const [a, b] of [
      [
        [1, 2],
        [2, 4],
      ],
      [
        [1, 2],
        [1, 2],
      ],
      [
        [0, 0],
        [3, 4],
      ],
      [
        [3, 4],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
      [[2], [5]],
      [[2], [-5]],
    ]) {
      const [arc, line] = [slerp, lerp].map((path) => rowsOf(path(vector(a), vector(b), 5)));
      arc.forEach((point, i) => expect(away(point, line[i])).toBeLessThan(2 * rounding(5)));
    }
  });

  test("opposite vectors go around by 180 degrees, away from 0", () => {
    fc.assert(
      fc.property(
        turning.filter(([a]) => a.length > 1),
        fc.float({ min: 0.5, max: 2, noNaN: true }),
        ([a], factor) => {
          const scale = 2 ** Math.round(factor); // a power of 2, so that the vectors are opposite to the bit
          const b = a.map((x) => -scale * x);
          const points = rowsOf(slerp(vector(a), vector(b), 5));
          points.forEach((point, i) => {
            expectClose(norm(point), norm(a) * (1 + (i / 4) * (scale - 1)), 1e-6);
            expectClose(angle(point, a), (Math.PI * i) / 4, 2 ** -20);
          });
        },
      ),
    );
  });
});

describe("traverse", () => {
  test("moves one coordinate from low to high and holds the others", () => {
    fc.assert(
      fc.property(pairs, fc.nat(), coordinate, coordinate, steps, ([centre], any, low, high, count) => {
        const dimension = any % centre.length;
        rowsOf(traverse(vector(centre), dimension, low, high, count)).forEach((point, i) => {
          const want = low + (i / (count - 1)) * (high - low);
          point.forEach((x, j) => {
            if (j === dimension) expectClose(x, want, 2 ** -23);
            else expect(x + 0).toBe(centre[j] + 0);
          });
        });
      }),
    );
  });
});

describe("loop", () => {
  test("passes through each station at the beginning of its leg, and its legs are arcs", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 1, maxLength: 5 }),
        steps,
        (stations, count) => {
          const table = stations.map((station) => station.map(Math.fround));
          const points = loop(tensor(table), count);
          expect(points.shape).toEqual([count * table.length, 3]);
          table.forEach((station, i) => {
            const leg = rowsOf(slerp(vector(station), vector(table[(i + 1) % table.length]), count + 1));
            expect(row(points, i * count).map((x) => x + 0)).toEqual(station.map((x) => x + 0));
            for (let j = 0; j < count; j++) expect(row(points, i * count + j)).toEqual(leg[j]);
          });
        },
      ),
    );
  });
});

describe("what is no path is refused", () => {
  const [a, b] = [tensor([1, 0]), tensor([0, 1])];
  test.each([
    ["ends of two lengths", () => slerp(a, tensor([1]), 3), /ShapeError: slerp: goes between vectors of one length/],
    [
      "a table",
      () => lerp(tensor([[1, 0]]), b, 3),
      /ShapeError: lerp: the beginning is a vector \[latent\], got \[1, 2\]/,
    ],
    ["nothing", () => lerp(a, tensor([]), 3), /ShapeError: lerp: the end is a vector/],
    ["one step", () => lerp(a, b, 1), /ArgumentError: lerp: steps is a whole number of 2 or more, got 1/],
    ["NaN", () => slerp(a, tensor([NaN, 1]), 3), /ArgumentError: slerp: element 0 of the end is NaN/],
    [
      "a dimension outside",
      () => traverse(a, 2, -1, 1, 3),
      /ArgumentError: traverse: dimension is a whole number from 0 to 1/,
    ],
    ["an infinite way", () => traverse(a, 0, -Infinity, 1, 3), /ArgumentError: traverse: low and high are finite/],
    ["no stations", () => loop(tensor([]), 3), /ShapeError: loop: stations have shape \[count, latent\]/],
  ])("%s", (_, call, message) => {
    expect(() => call()).toThrow();
    try {
      call();
    } catch (error) {
      expect(String(error)).toMatch(message);
    }
  });
});
