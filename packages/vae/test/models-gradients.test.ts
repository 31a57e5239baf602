// The whole objective of tiny models against finite differences, in float64.

import { cast, grad, mapTree, mean, type Value } from "@elbo/autograd";
import { checkGrads } from "@elbo/autograd/testing";
import { key, uniform } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { meanOf } from "../src/distributions/index.js";
import { autoencoder } from "../src/models/autoencoder.js";
import { type Model, namedParameters } from "../src/models/model.js";
import { vae } from "../src/models/vae.js";
import { betaObjective } from "../src/objectives/elbo.js";
import { numbers } from "./support/numbers.js";

const x = cast(uniform(key(1), [4, 5]), "float64");
const objective =
  (model: Model, beta = 1) =>
  (params: Model["params"]): Value =>
    mean(betaObjective(model.terms(params as never, x, key(2)), beta));

describe("the objective's gradient in all parameters", () => {
  for (const [kind, make] of Object.entries({ vae, autoencoder })) {
    for (const activation of ["tanh", "relu"] as const) {
      for (const [likelihood, sigma] of [
        ["bernoulli", "learned"],
        ["gaussian", "learned"],
        ["gaussian", 0.5],
      ] as const) {
        test(`${kind}, ${activation}, ${likelihood}${likelihood === "gaussian" ? `, sigma ${sigma}` : ""}`, () => {
          const model: Model = make({ input: [5], hidden: [4, 3], latent: 2, activation, likelihood, sigma, seed: 5 });
          // relu has kinks: a step that reaches none of them at this seed.
          const step = activation === "relu" ? 1e-4 : 1e-3;
          checkGrads((params: Model["params"]) => objective(model, 0.7)(params), [model.params], { step });
        });
      }
    }
  }

  test("without hidden layers", () => {
    const model = vae({ input: [5], hidden: [], latent: 2, seed: 6 });
    checkGrads((params: Model["params"]) => objective(model)(params), [model.params]);
  });
});

test("every parameter gets a gradient, a learned sigma too", () => {
  for (const make of [vae, autoencoder]) {
    const model: Model = make({ input: [5], hidden: [4], latent: 2, activation: "tanh", likelihood: "gaussian" });
    const gradients = grad(objective(model))(model.params);
    const named = namedParameters(gradients);
    expect(Object.keys(named)).toEqual(Object.keys(namedParameters(model.params)));
    for (const [name, gradient] of Object.entries(named)) {
      expect(
        numbers(gradient).some((slope) => slope !== 0),
        name,
      ).toBe(true);
    }
    expect(named["decoder.logSigma"].shape).toEqual([]);
  }
});

test("the slope in log sigma is dimensions - squared distance / sigma^2", () => {
  const model = autoencoder({ input: [5], hidden: [4], latent: 2, likelihood: "gaussian" });
  model.params = mapTree((w: Value) => cast(w, "float64"), model.params);
  const gradient = grad(objective(model))(model.params) as typeof model.params;
  const p = model.decode(model.params, model.encode(model.params, x));
  const reconstruction = numbers(meanOf(p));
  const logSigma = model.params.decoder.logSigma?.item() ?? NaN;
  const distance = numbers(x).reduce((total, value, i) => total + (value - reconstruction[i]) ** 2, 0);
  expect(gradient.decoder.logSigma?.item()).toBeCloseTo(5 - distance / 4 / Math.exp(2 * logSigma), 10);
});
