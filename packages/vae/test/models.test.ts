// Models as data: shapes, seeds, counts, descriptions, and what is refused.

import { concrete } from "@elbo/autograd";
import { ArgumentError, key, ShapeError, uniform, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanOf } from "../src/distributions/index.js";
import { autoencoder } from "../src/models/autoencoder.js";
import type { ModelOptions } from "../src/models/config.js";
import { describeModel } from "../src/models/describe.js";
import {
  decodeMeans,
  flatten,
  latentMeans,
  type Model,
  namedParameters,
  parameterCount,
  reconstruct,
  unflatten,
} from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { bits, moments, numbers } from "./support/numbers.js";

const kinds = { vae, autoencoder } as const;
const named = Object.entries(kinds);
const tiny = { hidden: [6, 5], latent: 2 };

const choices: fc.Arbitrary<ModelOptions> = fc.record({
  input: fc.constantFrom([28, 28], [13], [4, 4, 3], [1], []),
  hidden: fc.constantFrom([], [5], [6, 4], [3, 3, 3]),
  latent: fc.integer({ min: 1, max: 5 }),
  activation: fc.constantFrom("relu", "tanh"),
  likelihood: fc.constantFrom("bernoulli", "gaussian"),
  sigma: fc.constantFrom<number | "learned">(0.5, "learned"),
  seed: fc.nat(),
});

describe.each(named)("%s: inputs of any shape", (_, make) => {
  test("go to [count, latent] and back to their own shape", () => {
    fc.assert(
      fc.property(choices, fc.nat(3), (options, count) => {
        const model: Model = make(options);
        const inputs = uniform(key(1), [count, ...options.input]);
        const z = latentMeans(model, inputs);
        expect(z.shape).toEqual([count, options.latent]);
        expect(decodeMeans(model, z).shape).toEqual(inputs.shape);
        expect(reconstruct(model, inputs).toArray()).toEqual(decodeMeans(model, z).toArray());
        const terms = model.terms(model.params as never, flatten(model.config, inputs), key(2));
        expect([terms.reconstruction.shape, terms.kl.shape]).toEqual([[count], [count]]);
        expect([...numbers(terms.reconstruction), ...numbers(terms.kl)].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("Bernoulli means lie in 0..1", () => {
    const means = numbers(reconstruct(make({ input: [13], ...tiny }), uniform(key(1), [9, 13])));
    expect(Math.min(...means)).toBeGreaterThan(0);
    expect(Math.max(...means)).toBeLessThan(1);
  });

  test("the rows of a batch do not hear of each other", () => {
    const model: Model = make({ input: [3], ...tiny });
    const inputs = uniform(key(1), [5, 3]);
    const all = reconstruct(model, inputs);
    const third = reconstruct(model, uniform(key(1), [5, 3]));
    expect(numbers(third)).toEqual(numbers(all));
    inputs.data.fill(0.25, 0, 6);
    expect(numbers(reconstruct(model, inputs)).slice(6)).toEqual(numbers(all).slice(6));
  });
});

test("flatten and unflatten are inverse", () => {
  const { config } = vae({ input: [4, 4, 3], ...tiny });
  const inputs = uniform(key(1), [7, 4, 4, 3]);
  expect(flatten(config, inputs).shape).toEqual([7, 48]);
  expect(unflatten(config, flatten(config, inputs)).toArray()).toEqual(inputs.toArray());
});

test("a normal likelihood has the sigma asked for, and 1/4 where it is to be learned", () => {
  for (const [sigma, want] of [
    [0.5, 0.5],
    ["learned", 0.25],
  ] as const) {
    const model = vae({ input: [3], ...tiny, likelihood: "gaussian", sigma });
    const p = model.decode(model.params, zeros([1, 2]));
    if (p.kind !== "normal") throw new Error(p.kind);
    const logVariance = p.logVariance;
    expect(Math.exp((typeof logVariance === "number" ? logVariance : logVariance.item()) / 2)).toBeCloseTo(want, 6);
    expect(numbers(meanOf(p))).toEqual(numbers(concrete(meanOf(p))));
    expect("decoder.logSigma" in namedParameters(model.params)).toBe(sigma === "learned");
  }
});

describe("initial parameters", () => {
  test.each(named)("%s: the seed decides them, to the bit", (_, make) => {
    const weights = (seed: number) => bits(make({ input: [4], ...tiny, seed }).params);
    expect(weights(3)).toEqual(weights(3));
    const [a, b] = [weights(3), weights(4)];
    for (const name of Object.keys(a)) expect(a[name] === b[name], name).toBe(name.endsWith("bias"));
  });

  test("no two layers start alike, however equal their shapes", () => {
    const square = vae({ input: [5], hidden: [5, 5, 5], latent: 5 });
    const weights = Object.entries(bits(square.params)).filter(([name]) => name.endsWith("weight"));
    expect(weights).toHaveLength(9);
    expect(new Set(weights.map(([, value]) => value)).size).toBe(9);
  });

  test("biases are 0; weights have the variance of He for relu, of Glorot for tanh", () => {
    for (const [activation, want] of [
      ["relu", 2 / 300],
      ["tanh", 2 / 500],
    ] as const) {
      const [first] = vae({ input: [300], hidden: [200], activation }).params.encoder.hidden;
      expect(numbers(first.bias).every((b) => b === 0)).toBe(true);
      expect(moments(numbers(first.weight)).variance / want).toBeCloseTo(1, 1);
      expect(Math.max(...numbers(first.weight).map(Math.abs))).toBeLessThanOrEqual(Math.fround(Math.sqrt(3 * want)));
    }
  });
});

describe("describeModel", () => {
  const options: ModelOptions = { input: [28, 28], hidden: [200, 100], latent: 20, activation: "tanh" };

  test("reads the layers in the order in which they run, and counts the scalars", () => {
    const layer = (inputs: number, outputs: number) => (inputs + 1) * outputs;
    const stack = layer(784, 200) + layer(200, 100) + layer(20, 100) + layer(100, 200) + layer(200, 784);
    const common = {
      input: [28, 28],
      encoder: [
        { units: 200, activation: "tanh" },
        { units: 100, activation: "tanh" },
      ],
      latent: 20,
      decoder: [
        { units: 100, activation: "tanh" },
        { units: 200, activation: "tanh" },
      ],
      likelihood: "bernoulli",
    };
    expect(describeModel(vae(options))).toEqual({ kind: "vae", ...common, parameters: stack + 2 * layer(100, 20) });
    expect(describeModel(autoencoder(options))).toEqual({
      kind: "autoencoder",
      ...common,
      parameters: stack + layer(100, 20),
    });
  });

  test("hidden: [] leaves the linear maps", () => {
    const linear = vae({ input: [13], hidden: [], latent: 2, likelihood: "gaussian" });
    expect(describeModel(linear)).toMatchObject({ encoder: [], decoder: [] });
    // Mean and log-variance, the output, and sigma.
    expect(parameterCount(linear)).toBe(2 * 14 * 2 + 3 * 13 + 1);
    expect(parameterCount(vae({ input: [13], hidden: [], latent: 2, likelihood: "gaussian", sigma: 1 }))).toBe(95);
  });

  test("parameters have names", () => {
    expect(Object.keys(namedParameters(vae({ input: [3], hidden: [2], latent: 1 }).params)).sort()).toEqual(
      ["decoder.hidden.0", "decoder.output", "encoder.hidden.0", "encoder.logVariance", "encoder.mean"].flatMap(
        (name) => [`${name}.bias`, `${name}.weight`],
      ),
    );
  });
});

describe("what makes no model is an ArgumentError of one line", () => {
  const input = [2, 2];
  test.each([
    [{ input: [2, 0] }, "input is the shape of one example, whole numbers of 1 or more, got [2,0]"],
    [{ input: [2.5] }, "input is the shape"],
    [{ input: 784 }, "input is the shape of one example, whole numbers of 1 or more, got 784"],
    [{ input, hidden: [10, -1] }, "hidden is a list of layer widths, whole numbers of 1 or more, got [10,-1]"],
    [{ input, hidden: 200 }, "hidden is a list"],
    [{ input, latent: 0 }, "latent is a whole number of 1 or more, got 0"],
    [{ input, latent: NaN }, "latent is a whole number of 1 or more, got NaN"],
    [{ input, latent: "20" }, 'latent is a whole number of 1 or more, got "20"'],
    [{ input, activation: "gelu" }, 'activation is one of relu, tanh, got "gelu"'],
    [{ input, activation: "toString" }, "activation is one of"],
    [{ input, likelihood: "poisson" }, 'likelihood is bernoulli or gaussian, got "poisson"'],
    [{ input, sigma: 0 }, 'sigma is a positive number or "learned", got 0'],
    [{ input, sigma: Infinity }, 'sigma is a positive number or "learned", got Infinity'],
    [{ input, seed: -1 }, "seed is a whole number from 0 to 2^53 - 1, got -1"],
    [{ input, seed: 1.5 }, "seed is a whole number"],
  ])("%j", (options, message) => {
    for (const [kind, make] of named) {
      let error: unknown;
      try {
        make(options as ModelOptions);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(ArgumentError);
      expect((error as ArgumentError).message).toMatch(new RegExp(`^${kind}: [^\\n]*$`));
      expect((error as ArgumentError).message).toContain(message);
    }
  });
});

describe("inputs of another shape are a ShapeError that names both", () => {
  const model = vae({ input: [28, 28], ...tiny });

  test.each([[[5, 784]], [[28, 28]], [[5, 28, 27]], [[5, 28, 28, 1]], [[]]])("%j", (shape) => {
    const count = shape[0] ?? "count";
    const refused = () => latentMeans(model, zeros(shape));
    expect(refused).toThrow(ShapeError);
    expect(refused).toThrow(
      `the model takes examples of shape [28, 28], so inputs of shape [${count}, 28, 28]; got [${shape.join(", ")}]`,
    );
  });

  test("latent points too", () => {
    expect(() => decodeMeans(model, zeros([4, 3]))).toThrow(ShapeError);
    expect(() => decodeMeans(model, zeros([4, 3]))).toThrow("latent points have shape [count, 2], got [4, 3]");
    expect(() => decodeMeans(model, zeros([2]))).toThrow("got [2]");
  });
});
