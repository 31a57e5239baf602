// Initial weights: spread so that signals and gradients keep their size from layer to layer.

import { type Key, type Tensor, uniform, zeros } from "@elbo/tensor";

/** Makes the weights `[inputs, outputs]` of a layer from a key. */
export type Initializer = (key: Key, inputs: number, outputs: number) => Tensor;

const symmetric = (key: Key, inputs: number, outputs: number, limit: number): Tensor =>
  uniform(key, [inputs, outputs], { low: -limit, high: limit });

/** Uniform with variance `2 / (inputs + outputs)`: for tanh and for linear outputs. Glorot and Bengio (2010), eq. 16. */
export const glorotUniform: Initializer = (key, inputs, outputs) =>
  symmetric(key, inputs, outputs, Math.sqrt(6 / (inputs + outputs)));

/** Uniform with variance `2 / inputs`: for relu, which halves the variance. He et al. (2015), eq. 10. */
export const heUniform: Initializer = (key, inputs, outputs) => symmetric(key, inputs, outputs, Math.sqrt(6 / inputs));

/** Zeros, as for biases. */
export const zeroInitializer: Initializer = (_, inputs, outputs) => zeros([inputs, outputs]);
