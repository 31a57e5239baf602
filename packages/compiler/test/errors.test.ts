// What a compiled function refuses: while it is traced, with the place in the caller's code, and when it runs.

import {
  add,
  clamp,
  ConcreteReadError,
  gather,
  grad,
  greater,
  isSymbolic,
  matmul,
  mul,
  pad,
  reshape,
  slice,
  sum,
  type Value,
  where,
} from "@elbo/autograd";
import {
  AllocationError,
  ArgumentError,
  DTypeError,
  ElboError,
  fromTypedArray,
  IndexError,
  key,
  normal,
  ones,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from "@elbo/tensor";
import * as t from "@elbo/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.js";
import { expectSameTree } from "./support/same.js";

const run = (f: (...x: never[]) => unknown, ...args: unknown[]): unknown =>
  compile(f, { threads: 1 })(...(args as never[]));

/** The error that a call throws. */
function errorOf(call: () => unknown): ElboError {
  try {
    call();
  } catch (error) {
    if (error instanceof ElboError) return error;
    throw error;
  }
  return expect.fail("nothing was thrown");
}

describe("numbers that are not computed yet", () => {
  const reads: Readonly<Record<string, (x: Value) => unknown>> = {
    "item()": (x) => sum(x).item(),
    data: (x) => sum(x).data,
    "toArray()": (x) => sum(x).toArray(),
    "an operator of JavaScript": (x) => (sum(x) as unknown as number) + 1,
    "a comparison of JavaScript": (x) => ((sum(x) as unknown as number) > 0 ? x : 0),
  };
  for (const [name, f] of Object.entries(reads)) {
    it(`${name}: the message says the operation and the line`, () => {
      const error = errorOf(() => run(f, zeros([3])));
      expect(error).toBeInstanceOf(ConcreteReadError);
      expect(error.message).toMatch(/of sum \[\] inside of compile \(errors\.test\.ts:\d+:\d+\)/);
      expect(error.message).not.toContain("\n");
    });
  }

  it("a shape that depends on them: the message names the value", () => {
    const { name, message } = errorOf(() =>
      run((x: Value) => reshape(x, [sum(x) as unknown as number, 1]), zeros([3])),
    );
    expect([name, message]).toEqual([
      "ConcreteReadError",
      expect.stringMatching(/^sum: .* inside of compile .*capture/),
    ]);
  });

  it("a function of @elbo/tensor says where the one to use is", () => {
    const error = errorOf(() => run((x: Tensor) => t.add(x, 1), zeros([3])));
    expect(error.message).toContain('import { add } from "@elbo/autograd"');
  });
});

describe("what eager operations refuse, as they refuse it", () => {
  const [a, b] = [zeros([2, 3]), zeros([2, 4])];
  const whole = fromTypedArray(new Int32Array(3), [3]);
  const cases: Readonly<Record<string, readonly [(...x: Value[]) => Value, readonly Tensor[], typeof ElboError]>> = {
    "shapes of a product": [(x, y) => matmul(x, y), [a, b], ShapeError as never],
    "shapes of a sum": [(x, y) => add(x, y), [a, b], ShapeError as never],
    "another number of elements": [(x) => reshape(x, [4, 2]), [a], ShapeError as never],
    "arithmetic of whole numbers": [(x) => add(x, 1), [whole], DTypeError as never],
    "a comparison of whole numbers with others": [(x, y) => greater(x, y), [whole, zeros([3])], DTypeError as never],
    "a choice of whole numbers or others": [(x, y) => where(y, x, y), [whole, zeros([3])], DTypeError as never],
    "indices that are not whole": [(x, y) => gather(x, y), [a, zeros([1])], DTypeError as never],
  };
  for (const [name, [f, args, kind]] of Object.entries(cases)) {
    it(name, () => {
      const error = errorOf(() => run(f, ...args));
      expect(error).toBeInstanceOf(kind);
      expect(errorOf(() => f(...args))).toBeInstanceOf(kind);
    });
  }

  it("the message of a product names both shapes", () => {
    const error = errorOf(() => run((x: Value, y: Value) => matmul(x, y), a, b));
    expect(error.message).toMatch(/matmul.*\[2, 3\].*\[2, 4\]/);
  });

  it("a fraction beside whole numbers is refused, not cut", () => {
    expect(errorOf(() => run((x: Value) => greater(x, 0.5), whole))).toBeInstanceOf(DTypeError);
  });
});

describe("arguments and captured values", () => {
  const double = tensor([1, 2], { dtype: "float64" });

  it("float64: the message says how to convert", () => {
    for (const call of [
      () => run((x: Value) => add(x, 1), double),
      () => run((x: Value) => add(x, double), zeros([2])),
    ]) {
      const error = errorOf(call);
      expect(error).toBeInstanceOf(DTypeError);
      expect(error.message).toContain('cast(x, "float32")');
    }
  });

  it("what is no tensor, number or key: the message says where it stands", () => {
    const error = errorOf(() => run((x: never) => x, { layers: [{ weight: "w" }] }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain("string at x.layers.0.weight");
  });

  it("a value of another function that is being compiled", () => {
    const error = errorOf(() =>
      run(
        (x: Value) => {
          run((y: Value) => mul(x, y), zeros([2]));
          return x;
        },
        zeros([2]),
      ),
    );
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain("pass it as an argument");
  });

  it("a value that was kept from an earlier trace", () => {
    let kept: Value = zeros([2]);
    run((x: Value) => (kept = x), zeros([2]));
    expect(errorOf(() => run((x: Value) => add(x, kept), zeros([2])))).toBeInstanceOf(ArgumentError);
  });

  it("the gradient of a compiled function: the message says what to compile", () => {
    const program = compile((x: Value) => sum(x), { threads: 1 });
    const error = errorOf(() => grad((x: Value) => program(x as Tensor))(ones([2])));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain("compile(grad(f)), instead of grad(compile(f))");
  });

  it("threads that are none, and options that there are not", () => {
    for (const options of [{ threads: 0 }, { threads: 1.5 }, { thread: 2 }]) {
      expect(errorOf(() => compile((x: Value) => x, options as object))).toBeInstanceOf(ArgumentError);
    }
  });
});

describe("state", () => {
  const stateful = (f: (state: { a: Value }) => unknown): unknown =>
    compile(f as never, { state: { a: zeros([2]) }, threads: 1 })();

  it("a function that returns no pair", () => {
    for (const f of [({ a }: { a: Value }) => a, ({ a }: { a: Value }) => [{ a }]]) {
      const error = errorOf(() => stateful(f));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toContain("[nextState, outputs]");
    }
  });

  it("a next state of another shape, dtype or other leaves: the message says what it was and what it is", () => {
    const wrong: readonly [(state: { a: Value }) => unknown, string][] = [
      [({ a }) => [{ a: reshape(a, [1, 2]) }, []], "instead of state.a [2] it has state.a [1, 2]"],
      [({ a }) => [{ b: a }, []], "instead of state.a [2] it has state.b [2]"],
      [({ a }) => [{ a, b: a }, []], "instead of no further leaf it has state.b [2]"],
      [() => [{}, []], "instead of state.a [2] it has no further leaf"],
      [() => [{ a: fromTypedArray(new Int32Array(2), [2]) }, []], "instead of state.a [2] it has state.a int32 [2]"],
    ];
    for (const [f, what] of wrong) {
      const error = errorOf(() => stateful(f));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toContain(what);
    }
  });

  it("read and write without one", () => {
    const program = compile((x: Value) => x, { threads: 1 }) as unknown as { read(): void; write(x: unknown): void };
    for (const call of [() => program.read(), () => program.write([])]) {
      expect(errorOf(call)).toBeInstanceOf(ArgumentError);
    }
  });
});

describe("at run time", () => {
  it("an index outside of its axis is an IndexError, and the next call works", () => {
    const pick = (x: Value, at: Value): Value => gather(x, at);
    const program = compile(pick, { threads: 1 });
    const x = normal(key(1), [4, 3]);
    const indices = (...list: number[]): Tensor => fromTypedArray(Int32Array.from(list), [list.length]);
    for (const wrong of [indices(0, 4), indices(-1, 0)]) {
      const error = errorOf(() => program(x, wrong));
      expect(error).toBeInstanceOf(IndexError);
      expect(error.message).toMatch(/gather on \[4, 3\]/);
      expectSameTree(program(x, indices(3, 0)), pick(x, indices(3, 0)));
    }
  });

  it("more than 2 GiB is an AllocationError with the bytes, and smaller shapes work after it", () => {
    const outer = (x: Value, y: Value): Value => add(reshape(x, [-1, 1]), y);
    const program = compile(outer, { threads: 1 });
    const huge = 2 ** 15;
    const error = errorOf(() => program(zeros([huge]), zeros([huge])));
    expect(error).toBeInstanceOf(AllocationError);
    expect((error as AllocationError).bytes).toBeGreaterThanOrEqual(4 * huge ** 2);
    const x = normal(key(1), [3]);
    expectSameTree(program(x, x), outer(x, x));
  });

  it("a function that throws leaves the program as it was", () => {
    let fails = true;
    const program = compile(
      (a: Value) => {
        if (fails) throw new ArgumentError("not yet");
        return [add(a, 1), a] as const;
      },
      { state: zeros([2]) as Value, threads: 1 },
    );
    expect(errorOf(() => program()).message).toContain("not yet");
    fails = false;
    expectSameTree(program(), zeros([2]));
    expectSameTree(program.read(), ones([2]));
  });
});

describe("settings that depend on data", () => {
  type Setting = (x: Value, n: number) => Value;
  const settings: Readonly<Record<string, Setting>> = {
    "an axis": (x, n) => sum(x, { axis: n }),
    "whether axes stay": (x, n) => sum(x, { axis: 0, keepDims: n as never }),
    "a limit": (x, n) => clamp(x, n, 4),
    "a padding": (x, n) =>
      pad(x, [
        [n, 0],
        [0, 0],
      ]),
    "a new shape": (x, n) => reshape(x, [n, 3]),
    "the shape of zeros": (x, n) => add(x, zeros([n])),
    "an end of a slice": (x, n) => slice(x, [{ start: n }]),
    "an index": (x, n) => slice(x, [n]),
  };
  for (const [name, f] of Object.entries(settings)) {
    it(`${name} says so, with the line`, () => {
      const error = errorOf(() => compile(f)(ones([2, 3]) as never, 1));
      expect(error).toBeInstanceOf(ConcreteReadError);
      expect(error.message).toMatch(/ of n \[\] inside of compile \(errors\.test\.ts:\d+:\d+\)/);
    });
  }
});

it("arguments of other structure are other arguments, though their leaves have the same names", () => {
  const f = compile((o: Record<string, unknown>) =>
    typeof o["a"] === "object" && !isSymbolic(o["a"]) ? mul((o["a"] as { b: Value }).b, 2) : mul(o["a.b"] as Value, 3),
  );
  expect(f({ a: { b: tensor(1) } }).item()).toBe(2);
  expect(f({ "a.b": tensor(1) }).item()).toBe(3);
});
