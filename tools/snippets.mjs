// The shortest programs, run under plain Node against installed packages.

import assert from "node:assert/strict";
import { grad, hessian, mul, exp, sub, sum as total } from "@elbo/autograd";
import { checkGrads } from "@elbo/autograd/testing";
import { tensor, matmul, sum, add } from "@elbo/tensor";
import { compile } from "@elbo/compiler";
import { digits, vae, fit } from "@elbo/vae";

const a = tensor([
  [1, 2],
  [3, 4],
]);
assert.deepEqual(matmul(a, a.T).toArray(), [
  [5, 11],
  [11, 25],
]);
assert.deepEqual(sum(add(a, tensor([10, 20])), { axis: 0 }).toArray(), [24, 46]);

const f = (x) => total(exp(mul(x, x)));
const close = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) <= 1e-5 * Math.abs(expected), `${actual} is not ${expected}`);
const [g0, g1] = grad(f)(tensor([0, 1])).toArray();
assert.equal(g0, 0);
close(g1, 2 * Math.E);
const h = hessian(f)(tensor([0, 1])).toArray();
assert.deepEqual([h[0][0], h[0][1], h[1][0]], [2, 0, 0]);
close(h[1][1], 6 * Math.E);

checkGrads(f, [tensor([0.3, -0.7])]);
assert.throws(() => checkGrads((x) => total(mul(x, tensor(NaN))), [tensor([0.3])]), /analytic .* numeric/);

const descend = (x, rate) => [sub(x, mul(rate, grad(f)(x))), f(x)];
const program = compile(descend, { state: tensor([0, 1]) });
assert.deepEqual(program(0.1).toArray(), f(tensor([0, 1])).toArray());
assert.deepEqual(program.read().toArray(), descend(tensor([0, 1]), 0.1)[0].toArray());

// `node snippets.mjs full` trains the model of the README at its full size; otherwise fewer digits are drawn.
const full = process.argv[2] === "full";
const data = full ? digits({ train: 10_000, test: 1_000, seed: 7 }) : digits({ train: 1_000, test: 200, seed: 7 });
const model = vae({ input: [28, 28], hidden: [200, 200], latent: 20, likelihood: "bernoulli" });
const bounds = [];
for await (const report of fit(model, data, { epochs: full ? 3 : 2, batch: 100, seed: 1 })) {
  console.log(report);
  bounds.push(report.test.elbo);
}
assert.ok(bounds.at(-1) > bounds[0], "the test ELBO rises");
console.log("all snippets ran");
