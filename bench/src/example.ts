// `pnpm bench example`: PyTorch's example of a VAE, with its layers, its initial weights and its course of training.
// Source: github.com/pytorch/examples, vae/main.py: 784-400-20-400-784, ReLU, gray targets, batch 128, Adam at 1e-3.

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { fit, vae } from "@elbo/vae";
import { loadIdxFolder } from "@elbo/vae/node";
import { foldIn, key, type Key, type Tensor, uniform } from "@elbo/tensor";
import { BadCall } from "./harness/arguments.js";
import { describeMachine } from "./harness/machine.js";

/** What PyTorch gives a Linear layer: weights and biases uniform within 1 / sqrt(inputs). */
function initialized(params: unknown, from: Key): unknown {
  if (isLayer(params)) {
    const limit = 1 / Math.sqrt(params.weight.shape[0]);
    const draw = (like: Tensor, i: number): Tensor =>
      uniform(foldIn(from, i), like.shape, { low: -limit, high: limit });
    return { weight: draw(params.weight, 0), bias: draw(params.bias, 1) };
  }
  const entries = Object.entries(params as object).map(([name, inner], i) => [
    name,
    initialized(inner, foldIn(from, i)),
  ]);
  return Array.isArray(params) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

const isLayer = (tree: unknown): tree is { readonly weight: Tensor; readonly bias: Tensor } =>
  typeof tree === "object" && tree !== null && "weight" in tree;

/** Trains for ten epochs and prints the bound on the test part after each; in nats per example. */
export async function exampleBenchmark(args: string[]): Promise<void> {
  const options = {
    mnist: { type: "string", default: "../shared/data/mnist" },
    seed: { type: "string", default: "1" },
  } as const;
  const { mnist, seed } = parseArgs({ args, options }).values;
  if (!existsSync(mnist)) throw new BadCall(`there is no MNIST in ${mnist}; name its folder by --mnist FOLDER`);
  const data = await loadIdxFolder(mnist);
  const model = vae({ input: [28, 28], hidden: [400], latent: 20, likelihood: "bernoulli", seed: Number(seed) });
  model.params = initialized(model.params, key(Number(seed))) as typeof model.params;
  const { cpu, cores } = describeMachine(false);
  console.log(`${cpu}, ${cores} cores; Node ${process.versions.node}; seed ${seed}`);
  let seconds = 0;
  const onRun = (run: { readonly threads: number }): void => console.log(`${run.threads} threads`);
  for await (const report of fit(model, data, { epochs: 10, batch: 128, lr: 1e-3, seed: Number(seed), onRun })) {
    seconds += report.seconds;
    console.log(`epoch ${report.epoch}: test -ELBO ${(-report.test.elbo!).toFixed(2)}, ${seconds.toFixed(1)} s`);
  }
}
