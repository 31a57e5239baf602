// Views against a model without storage: any chain of them shows the right numbers, and shares what it promises to.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arange,
  broadcastTo,
  contiguous,
  expandDims,
  flip,
  IndexError,
  reshape,
  ShapeError,
  slice,
  type SliceSpec,
  squeeze,
  swapAxes,
  type Tensor,
  transpose,
  zeros,
} from "../src/index.js";
import { expectModel, indices, type Model, modelOf, product, read, shapes, viewsOf } from "./support.js";

/** A view beside what it should show. */
interface Pair {
  readonly view: Tensor;
  readonly model: Model;
}

/** The positions of a Python slice, as the reference manual's `slice.indices` words it. */
function pythonSlice(length: number, start: number | undefined, stop: number | undefined, step: number): number[] {
  const [lower, upper] = step > 0 ? [0, length] : [-1, length - 1];
  const end = (at: number | undefined, otherwise: number): number => {
    if (at === undefined) return otherwise;
    return at < 0 ? Math.max(at + length, lower) : Math.min(at, upper);
  };
  const [from, to] = [end(start, step > 0 ? lower : upper), end(stop, step > 0 ? upper : lower)];
  const positions: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) positions.push(i);
  return positions;
}

const permuted = <T>(list: readonly T[], dice: readonly number[]): T[] =>
  list.map((item, i) => ({ item, die: dice[i % dice.length] })).sort((a, b) => a.die - b.die).map(({ item }) => item); // prettier-ignore

/** One step of a chain: the dice say which view, and how. */
type Step = (pair: Pair, dice: readonly number[]) => Pair;

const steps: Record<string, Step> = {
  transpose: ({ view, model }, dice) => {
    const order = permuted([...model.shape.keys()], dice);
    return {
      view: transpose(
        view,
        order.map((axis, i) => (dice[i % dice.length] % 2 ? axis - view.ndim : axis)),
      ),
      model: {
        shape: order.map((axis) => model.shape[axis]),
        at: (index) => model.at(model.shape.map((_, axis) => index[order.indexOf(axis)])),
      },
    };
  },
  reversedAxes: ({ view, model }) => ({
    view: transpose(view),
    model: { shape: [...model.shape].reverse(), at: (index) => model.at([...index].reverse()) },
  }),
  swapAxes: ({ view, model }, [a, b]) => {
    if (view.ndim === 0) return { view, model };
    const [p, q] = [a % view.ndim, b % view.ndim];
    const swap = (list: readonly number[]): number[] =>
      list.map((_, axis) => list[axis === p ? q : axis === q ? p : axis]);
    return {
      view: swapAxes(view, p, q - view.ndim),
      model: { shape: swap(model.shape), at: (index) => model.at(swap(index)) },
    };
  },
  flip: ({ view, model }, dice) => {
    const all = dice[0] % 4 === 0;
    const axes = [...model.shape.keys()].filter((axis) => all || dice[axis % dice.length] % 2 === 0);
    return {
      view: all ? flip(view) : flip(view, axes),
      model: {
        shape: model.shape,
        at: (index) => model.at(index.map((i, axis) => (axes.includes(axis) ? model.shape[axis] - 1 - i : i))),
      },
    };
  },
  slice: ({ view, model }, dice) => {
    const specs = model.shape.slice(0, dice[0] % (view.ndim + 1)).map((length, axis): SliceSpec => {
      const [kind, a, b, c] = [0, 1, 2, 3].map((k) => dice[(axis + k) % dice.length]);
      if (kind % 4 === 0) return null;
      if (kind % 4 === 1 && length > 0) return (a % (2 * length)) - length;
      const end = (die: number): number | undefined =>
        die % 5 === 0 ? undefined : (die % (2 * length + 5)) - length - 2;
      return { start: end(a), stop: end(b), step: [1, 2, 3, -1, -2, -3][c % 6] };
    });
    const taken = model.shape.map((length, axis): number | number[] => {
      const spec = specs[axis] ?? {};
      if (typeof spec === "number") return spec < 0 ? spec + length : spec;
      return pythonSlice(length, spec.start, spec.stop, spec.step ?? 1);
    });
    return {
      view: slice(view, specs),
      model: {
        shape: taken.flatMap((one) => (typeof one === "number" ? [] : [one.length])),
        at: (index) => {
          let axis = 0;
          return model.at(taken.map((one) => (typeof one === "number" ? one : one[index[axis++]])));
        },
      },
    };
  },
  expandDims: ({ view, model }, [a]) => {
    const at = a % (view.ndim + 1);
    return {
      view: expandDims(view, a % 2 ? at : at - view.ndim - 1),
      model: {
        shape: [...model.shape.slice(0, at), 1, ...model.shape.slice(at)],
        at: (index) => model.at(index.filter((_, axis) => axis !== at)),
      },
    };
  },
  squeeze: ({ view, model }, [a]) => {
    const ones = [...model.shape.keys()].filter((axis) => model.shape[axis] === 1);
    const gone = a % 2 ? ones : ones.slice(0, 1);
    return {
      view: a % 2 ? squeeze(view) : squeeze(view, gone),
      model: {
        shape: model.shape.filter((_, axis) => !gone.includes(axis)),
        at: (index) => {
          let axis = 0;
          return model.at(model.shape.map((_, own) => (gone.includes(own) ? 0 : index[axis++])));
        },
      },
    };
  },
  broadcastTo: ({ view, model }, dice) => {
    const added = Array.from({ length: dice[0] % 3 }, (_, i) => dice[i + 1] % 3);
    const shape = [...added, ...model.shape.map((length, i) => (length === 1 ? dice[i % dice.length] % 4 : length))];
    if (product(shape) > 400 || shape.length > 6) return { view, model };
    return {
      view: broadcastTo(view, shape),
      model: {
        shape,
        at: (index) => model.at(index.slice(added.length).map((i, axis) => (model.shape[axis] === 1 ? 0 : i))),
      },
    };
  },
  reshape: ({ view, model }, dice) => {
    const size = product(model.shape);
    const shape: number[] = [];
    let rest = size;
    for (const die of dice.slice(0, 3)) {
      const factors = rest === 0 ? [0, 1, 2] : [1, 2, 3, 4, 5].filter((n) => rest % n === 0);
      const factor = factors[die % factors.length];
      shape.push(factor);
      rest = factor === 0 ? 1 : rest / factor;
    }
    shape.push(rest);
    const open = dice[3] % 5;
    const asked = shape.map((length, axis) => (axis === open && size > 0 ? -1 : length));
    return {
      view: reshape(view, asked),
      model: modelOf(shape, indices(model.shape).map(model.at)),
    };
  },
};

const chains = fc.array(
  fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.array(fc.nat(999), { minLength: 5, maxLength: 5 })),
  { maxLength: 6 },
);

/** Whether walking the view row-major walks its storage one by one. */
const liesInOrder = (x: Tensor): boolean =>
  indices(x.shape).every((index, i) => index.reduce((at, n, axis) => at + n * x.strides[axis], 0) === i);

describe("views", () => {
  it("any chain of them shows what its model shows, and shares storage unless reshape must copy", () => {
    fc.assert(
      fc.property(
        shapes().chain((shape) => viewsOf(shape)),
        chains,
        (start, chain) => {
          let pair: Pair = { view: start, model: read(start) };
          for (const [name, dice] of chain) {
            const before = pair.view;
            const inOrder = liesInOrder(before);
            pair = steps[name](pair, dice);
            expectModel(pair.view, pair.model);
            if (name !== "reshape" || (inOrder && before.isContiguous)) {
              expect(pair.view.storage).toBe(before.storage);
            }
            if (pair.view.size > 0) expect(pair.view.isContiguous).toBe(liesInOrder(pair.view));
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it("contiguous gives the tensor itself where it lies in order, else a copy with the same numbers", () => {
    fc.assert(
      fc.property(
        shapes().chain((shape) => viewsOf(shape)),
        (view) => {
          const whole = contiguous(view);
          expectModel(whole, read(view));
          expect(whole.isContiguous).toBe(true);
          expect(whole === view).toBe(view.isContiguous);
        },
      ),
    );
  });

  it("shows later writes to the shared storage", () => {
    const x = reshape(arange(6), [2, 3]);
    const views = [x.T, flip(x), slice(x, [null, { step: 2 }]), broadcastTo(x, [2, 2, 3]), reshape(x, [3, 2])];
    x.storage[0] = 41;
    for (const view of views) expect([...view.data]).toContain(41);
  });

  it("never changes the tensor it looks at", () => {
    const x = reshape(arange(6), [2, 3]);
    const before = JSON.stringify([x.shape, x.strides, x.offset, x.toArray()]);
    for (const step of Object.values(steps)) step({ view: x, model: read(x) }, [3, 1, 4, 1, 5]);
    expect(JSON.stringify([x.shape, x.strides, x.offset, x.toArray()])).toBe(before);
  });

  it("methods are the functions of their names", () => {
    const x = reshape(arange(6), [2, 3]);
    expect(x.T.toArray()).toEqual(transpose(x).toArray());
    expect(x.transpose([1, 0]).shape).toEqual([3, 2]);
    expect(x.reshape([-1]).shape).toEqual([6]);
    expect(x.slice([1, { start: -2 }]).toArray()).toEqual([4, 5]);
    expect(x.flip(1).toArray()).toEqual([
      [2, 1, 0],
      [5, 4, 3],
    ]);
    expect(x.broadcastTo([2, 2, 3]).shape).toEqual([2, 2, 3]);
  });

  it("numbers count as scalars", () => {
    expect(broadcastTo(2, [3]).toArray()).toEqual([2, 2, 2]);
    expect(reshape(2, [1, 1]).toArray()).toEqual([[2]]);
  });
});

describe("views refuse", () => {
  const x = zeros([2, 3]);
  it.each([
    ["reshape", () => reshape(x, [4, 2]), ShapeError, "reshape: cannot see [2, 3] (6 elements) as [4, 2]"],
    ["reshape", () => reshape(x, [-1, 4]), ShapeError, "reshape: cannot see [2, 3] (6 elements) as [-1, 4]"],
    ["reshape", () => reshape(x, [-1, -1]), ShapeError, "reshape: cannot see [2, 3] (6 elements) as [-1, -1]"],
    ["reshape", () => reshape(x, [1.5, 4]), ShapeError, "reshape: cannot see [2, 3] (6 elements) as [1.5, 4]"],
    ["transpose", () => transpose(x, [0, 0]), IndexError, "transpose: axes [0, 0] must name each of the 2 axes once"],
    ["transpose", () => transpose(x, [0]), IndexError, "transpose: axes [0] must name each of the 2 axes once"],
    ["transpose", () => transpose(x, [0, 2]), IndexError, "transpose: axis 2 is outside of rank 2; use -2 to 1"],
    ["swapAxes", () => swapAxes(x, 0, -3), IndexError, "swapAxes: axis -3 is outside of rank 2; use -2 to 1"],
    ["swapAxes", () => swapAxes(1, 0, 0), IndexError, "swapAxes: axis 0 is outside of rank 0 (a scalar has no axes)"],
    ["broadcastTo", () => broadcastTo(x, [3]), ShapeError, "broadcastTo: cannot broadcast [2, 3] to [3]"],
    ["broadcastTo", () => broadcastTo(x, [2, 4]), ShapeError, "broadcastTo: cannot broadcast [2, 3] with [2, 4]"],
    ["broadcastTo", () => broadcastTo(x, [1, 3]), ShapeError, "broadcastTo: cannot broadcast [2, 3] to [1, 3]"],
    ["broadcastTo", () => broadcastTo(x, [-1, 3]), ShapeError, "broadcastTo: [-1, 3] is no shape"],
    ["slice", () => slice(x, [2]), IndexError, "slice: index 2 is outside of axis 0, which has length 2"],
    ["slice", () => slice(x, [null, -4]), IndexError, "slice: index -4 is outside of axis 1, which has length 3"],
    ["slice", () => slice(x, [0.5]), IndexError, "slice: index 0.5 is outside of axis 0"],
    ["slice", () => slice(x, [{ step: 0 }]), IndexError, "slice: a step is a whole number other than 0, got 0"],
    ["slice", () => slice(x, [{ start: Number.NaN }]), IndexError, "slice: an end is a whole number, got NaN"],
    ["slice", () => slice(x, [0, 0, 0]), IndexError, "slice: 3 entries for 2 axes of [2, 3]"],
    ["flip", () => flip(x, 2), IndexError, "flip: axis 2 is outside of rank 2"],
    ["flip", () => flip(x, [0, -2]), IndexError, "flip: axes [0, 0] name one axis twice"],
    ["expandDims", () => expandDims(x, 3), IndexError, "expandDims: axis 3 is outside of rank 3; use -3 to 2"],
    [
      "squeeze",
      () => squeeze(x, 0),
      ShapeError,
      "squeeze: axis 0 of [2, 3] has length 2, only axes of length 1 can go",
    ],
  ])("%s", (op, call, kind, text) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(text);
    expect(call).toThrow(expect.objectContaining({ op, code: kind === ShapeError ? "SHAPE" : "INDEX" }));
    expect(call).not.toThrow(/\n/);
  });

  it("with the shapes at hand", () => {
    const call = (): Tensor => reshape(x, [4]);
    expect(call).toThrow(expect.objectContaining({ shapes: [[2, 3], [4]] }));
  });
});
