// Evaluation compiled gives the bits of evaluation operation by operation, and compiles once for each model.

import { key, slice, sum, tensor, withMatmulMode, zeros } from "@elbo/tensor";
import { mul, sum as total, type Value } from "@elbo/autograd";
import { enableRelaxedSimd } from "@elbo/tensor/node";
import { expect, test } from "vitest";
import { evaluate, meanKlPerDimension } from "../src/evaluation/evaluate.js";
import { nll } from "../src/evaluation/nll.js";
import { eagerReason, isCompiled } from "../src/execution/execution.js";
import { atParams, closePrograms } from "../src/execution/model-programs.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { Model } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { bits } from "./support/numbers.js";
import { noise } from "./support/tiny.js";

// So that the two modes of matrix products are two classes wherever there are two.
enableRelaxedSimd();

const shape = { input: [2, 3], hidden: [5], latent: 2 };
/** A block of 500 and one of 120. */
const part = noise(1, 620, [2, 3]).test;
const corruption = [{ kind: "masking", level: 0.5 }] as const;
const [eager, compiled] = [{ eager: true }, { eager: false, threads: 1 }];

test.each(["fast", "strict"] as const)("the same figures, %s", (matmul) => {
  withMatmulMode(matmul, () => {
    for (const model of [vae(shape), autoencoder({ ...shape, likelihood: "gaussian" })] as const) {
      for (const options of [{}, { targets: "dynamic", corruption, beta: 3 }] as const) {
        const [wanted, got] = [eager, compiled].map((how) => evaluate(model, part, key(1), { ...options, ...how }));
        expect(got).toEqual(wanted);
      }
    }
    const model = vae(shape);
    const kls = [eager, compiled].map((how) => meanKlPerDimension(model, part, key(2), "dynamic", how));
    expect(bits(kls[1])).toEqual(bits(kls[0]));
    const estimates = [eager, compiled].map((how) => nll(model, part, key(3), { samples: 4, ...how }));
    expect(estimates[1]).toEqual(estimates[0]);
  });
});

/** A model that counts how often its terms are computed, or traced. */
function counted(): { readonly model: Model; readonly calls: () => number } {
  const plain = vae(shape);
  let calls = 0;
  const terms: typeof plain.terms = (...given) => (calls++, plain.terms(...given));
  const model: Model = { ...plain, terms };
  return { model, calls: () => calls };
}

test("a model is compiled once for each shape of block, and its present parameters count", () => {
  const { model, calls } = counted();
  for (const seed of [1, 2]) {
    model.params = vae({ ...shape, seed }).params;
    expect(evaluate(model, part, key(1), compiled)).toEqual(evaluate(vae({ ...shape, seed }), part, key(1), eager));
    expect(calls()).toBe(2);
  }
  closePrograms(model);
  evaluate(model, part, key(1), compiled);
  expect(calls()).toBe(4);
});

test("parts of ever other sizes are evaluated all the same", () => {
  const model = vae(shape);
  const once = (rows: number): number => {
    const double = (_: unknown, x: Value): Value => total(mul(2, x));
    const f = atParams(double, { model, name: "double", execution: compiled, calls: 1, multiplyAdds: 0 });
    return (f(slice(part.inputs, [{ stop: rows }])) as ReturnType<typeof sum>).item();
  };
  for (let rows = 1; rows <= 40; rows++) {
    expect(once(rows)).toBe(sum(slice(part.inputs, [{ stop: rows }])).item() * 2);
  }
});

test("compiled is what is large enough, in float32, and fits", () => {
  const params = { weight: zeros([2]) };
  const [small, large] = [1e3, 1e12].map((multiplyAdds) => ({ params, calls: 1, multiplyAdds }));
  expect([small, large, { ...small, calls: 1e6 }].map((work) => isCompiled({}, work))).toEqual([false, true, true]);
  expect([small, large].map((work) => isCompiled({ eager: false }, work))).toEqual([true, true]);
  expect(eagerReason({ eager: true }, large)).toBe("asked");
  expect(eagerReason({}, { ...large, params: [params, tensor([1], { dtype: "float64" })] })).toBe("parameters");
  expect(eagerReason({}, { ...large, capturedBytes: 2 ** 31 })).toBe("data");
});

test("ways of running that there are not are refused", () => {
  expect(() => evaluate(vae(shape), part, key(1), { threads: 0 })).toThrow(
    "evaluate: threads is a whole number of 1 or more, got 0",
  );
  expect(() => nll(vae(shape), part, key(1), { eager: 1 as never })).toThrow("nll: eager is true or false, got 1");
});
