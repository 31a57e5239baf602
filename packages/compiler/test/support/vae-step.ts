// The training step of a variational autoencoder 784-400-20-400-784 with Adam, as a function of its state.

import * as ag from "@elbo/autograd";
import type { Value } from "@elbo/autograd";
import { key, type Key, uniform, zeros } from "@elbo/tensor";

interface Layer {
  readonly weight: Value;
  readonly bias: Value;
}

/** The network: from pixels to a normal distribution of codes, and back to logits of pixels. */
interface Network {
  readonly encoder: Layer;
  readonly mean: Layer;
  readonly logVar: Layer;
  readonly decoder: Layer;
  readonly pixels: Layer;
}

/** Parameters with the two moments of Adam. */
export interface State {
  readonly params: Network;
  readonly m: Network;
  readonly v: Network;
}

const [PIXELS, HIDDEN, LATENT, BATCH] = [784, 400, 20, 128];

const dense = ({ weight, bias }: Layer, x: Value): Value => ag.add(ag.matmul(x, weight), bias);

/** The negative ELBO in nats per example: cross-entropy of the pixels plus the divergence from the prior. */
function loss(p: Network, x: Value, noise: Key): Value {
  const h = ag.relu(dense(p.encoder, x));
  const [mean, logVar] = [dense(p.mean, h), dense(p.logVar, h)];
  const z = ag.add(mean, ag.mul(ag.exp(ag.mul(0.5, logVar)), ag.normal(noise, [x.shape[0], LATENT])));
  const logits = dense(p.pixels, ag.relu(dense(p.decoder, z)));
  const crossEntropy = ag.sum(ag.binaryCrossEntropyWithLogits(logits, x), { axis: -1 });
  // KL(N(mean, e^logVar) || N(0, 1)) = (e^logVar - 1 - logVar + mean^2) / 2, summed over the codes.
  const divergence = ag.sum(ag.mul(0.5, ag.add(ag.expm1mx(logVar), ag.square(mean))), { axis: -1 });
  return ag.mean(ag.add(crossEntropy, divergence));
}

/** One step of Adam. `rate` is the learning rate over 1 - 0.9^t, `scale` is 1 / (1 - 0.999^t). */
export function step(state: State, x: Value, noise: Key, rate: number, scale: number): readonly [State, Value] {
  const [value, gradient] = ag.valueAndGrad((params: Network) => loss(params, x, noise))(state.params);
  const m = ag.mapTree((m, g) => ag.add(ag.mul(0.9, m), ag.mul(1 - 0.9, g)), state.m, gradient);
  const v = ag.mapTree((v, g) => ag.add(ag.mul(0.999, v), ag.mul(1 - 0.999, ag.square(g))), state.v, gradient);
  const adam = (w: Value, m: Value, v: Value): Value =>
    ag.sub(w, ag.div(ag.mul(rate, m), ag.add(ag.sqrt(ag.mul(scale, v)), 1e-8)));
  return [{ params: ag.mapTree(adam, state.params, m, v), m, v }, value];
}

const layer = (seed: number, inputs: number, outputs: number): Layer => {
  const bound = Math.sqrt(6 / (inputs + outputs));
  return { weight: uniform(key(seed), [inputs, outputs], { low: -bound, high: bound }), bias: zeros([outputs]) };
};

export function startState(): State {
  const params: Network = {
    encoder: layer(1, PIXELS, HIDDEN),
    mean: layer(2, HIDDEN, LATENT),
    logVar: layer(3, HIDDEN, LATENT),
    decoder: layer(4, LATENT, HIDDEN),
    pixels: layer(5, HIDDEN, PIXELS),
  };
  const none = ag.mapTree((w) => zeros(w.shape), params);
  return { params, m: none, v: none };
}

/** Arguments of a step: their shapes, for the numbers do not matter. */
export const exampleArguments = (): [x: Value, noise: Key, rate: number, scale: number] => [
  zeros([BATCH, PIXELS]),
  key(7),
  0.01,
  1000,
];
