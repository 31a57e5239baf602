// What training, evaluation and reports need of a model, whichever kind it is.

import { concrete, leaves, leavesWithPaths, rebuild, type Value } from "@elbo/autograd";
import {
  DTypeError,
  cast,
  formatShape,
  reshape,
  sameShape,
  type Shape,
  ShapeError,
  type Tensor,
  tensor,
} from "@elbo/tensor";
import { type Distribution, meanOf } from "../distributions/index.js";
import type { Autoencoder } from "./autoencoder.js";
import { dimensionsOf, type ModelConfig } from "./config.js";
import type { Vae } from "./vae.js";

export type Model = Vae | Autoencoder;

/** Examples `[count, ...input]` as rows `[count, dimensions]` in float32, in which models compute. */
export function flatten(config: ModelConfig, inputs: Tensor): Tensor {
  if (inputs.ndim < 1 || !sameShape(inputs.shape.slice(1), config.input)) {
    const count = inputs.shape[0] ?? "count";
    throw new ShapeError(
      `the model takes examples of shape ${formatShape(config.input)}, so inputs of shape [${[count, ...config.input].join(", ")}]; got ${formatShape(inputs.shape)}`,
      { op: "model", shapes: [config.input, inputs.shape] },
    );
  }
  return reshape(cast(inputs, "float32"), [inputs.shape[0], dimensionsOf(config)]);
}

/** Rows `[..., dimensions]` as examples `[..., ...input]`. */
export const unflatten = (config: ModelConfig, rows: Tensor): Tensor =>
  reshape(rows, [...rows.shape.slice(0, -1), ...config.input]);

/** Where examples lie in latent space, `[count, latent]`: the mean of `q(z|x)`, or the code. */
export function latentMeans(model: Model, inputs: Tensor): Tensor {
  const x = flatten(model.config, inputs);
  const code: Value = model.kind === "vae" ? meanOf(model.encode(model.params, x)) : model.encode(model.params, x);
  return concrete(code);
}

/** The mean of `p(x|z)` for latent points `[count, latent]`, as examples `[count, ...input]`. */
export function decodeMeans(model: Model, z: Tensor): Tensor {
  if (z.ndim !== 2 || z.shape[1] !== model.config.latent) {
    throw new ShapeError(`latent points have shape [count, ${model.config.latent}], got ${formatShape(z.shape)}`, {
      op: "decode",
      shapes: [z.shape],
    });
  }
  const p: Distribution = model.decode(model.params as never, z);
  return unflatten(model.config, concrete(meanOf(p)));
}

/** Examples through the latent means and back: `[count, ...input]` to the same shape. */
export const reconstruct = (model: Model, inputs: Tensor): Tensor => decodeMeans(model, latentMeans(model, inputs));

/** The number of trained scalars. */
export const parameterCount = (model: Model): number =>
  leaves(model.params).reduce((total: number, leaf) => total + sizeOfLeaf(leaf), 0);
const sizeOfLeaf = (leaf: Value | number): number => (typeof leaf === "number" ? 1 : leaf.size);

/** The parameters by name, such as `encoder.hidden.0.weight`. */
export const namedParameters = (params: unknown): Record<string, Tensor> =>
  Object.fromEntries(
    leavesWithPaths(params).map(([path, leaf]) => [path, typeof leaf === "number" ? tensor(leaf) : concrete(leaf)]),
  );

/**
 * A tree with its leaves replaced by the tensors of its paths.
 * @throws ShapeError where a name is missing or a shape differs, DTypeError where a tensor holds int32
 */
export function withNamedTensors<T>(tree: T, tensors: Readonly<Record<string, Tensor>>, prefix = ""): T {
  const replaced = leavesWithPaths(tree).map(([path, leaf]) => {
    const found = Object.hasOwn(tensors, prefix + path) ? tensors[prefix + path] : undefined;
    const shape: Shape = typeof leaf === "number" ? [] : leaf.shape;
    if (found === undefined)
      throw new ShapeError(`the tensor ${prefix}${path} ${formatShape(shape)} is missing`, { op: "weights" });
    if (!sameShape(found.shape, shape)) {
      throw new ShapeError(
        `the tensor ${prefix}${path} has shape ${formatShape(found.shape)}, the model needs ${formatShape(shape)}`,
        { op: "weights", shapes: [found.shape, shape] },
      );
    }
    if (found.dtype === "int32")
      throw new DTypeError(`the tensor ${prefix}${path} holds int32, the model needs floats`, { op: "weights" });
    return found;
  });
  return rebuild(tree, replaced);
}
