// A small classifier: a softmax over a stack of dense layers, to judge images and codes by.

import { concrete, logSumExp, mean, mul, sub, sum, type Value, valueAndGrad } from "@elbo/autograd";
import {
  ArgumentError,
  cast,
  checkOptions,
  foldIn,
  fromTypedArray,
  gather,
  type Key,
  key as keyOf,
  oneHot,
  permutation,
  reshape,
  ShapeError,
  slice,
  softmax,
  split,
  Tensor,
} from "@elbo/tensor";
import { checkCount, checkFinite, classesOf, type Labels } from "../data/arguments.js";
import { type Dense, dense, initDense } from "../nn/dense.js";
import { glorotUniform } from "../nn/initializers.js";
import { hidden, initHidden } from "../nn/mlp.js";
import { adam } from "../optim/adam.js";
import { pauses } from "../training/pauses.js";
import { rowBlocks } from "./rows.js";

/** A trained classifier. */
export interface Classifier {
  readonly classes: number;
  /** The probability of each class, `[count, classes]`, rows of sum 1, for inputs `[count, ...shape]` as in training. */
  probabilities(inputs: Tensor): Tensor;
}

export interface ClassifierOptions {
  /** The number of classes; one more than the largest label unless given. */
  readonly classes?: number;
  /** The widths of the hidden layers. */
  readonly hidden?: readonly number[];
  readonly epochs?: number;
  /** Examples a step. */
  readonly batch?: number;
  /** The learning rate. */
  readonly lr?: number;
  /** The seed of the weights and of the order of examples. */
  readonly seed?: number;
}

const OP = "trainClassifier";

interface Layers {
  readonly hidden: readonly Dense[];
  readonly output: Dense;
}

const logitsOf = (layers: Layers, x: Value): Value => dense(layers.output, hidden(layers.hidden, "relu", x));

/** `mean_i (logSumExp(l_i) - l_i[y_i])`: the mean of `-log p(y|x)`, in nats, with the labels y as rows of 0s and a 1. */
const crossEntropy = (layers: Layers, x: Tensor, targets: Tensor): Value => {
  const logits = logitsOf(layers, x);
  return mean(sub(logSumExp(logits, { axis: -1 }), sum(mul(logits, targets), { axis: -1 })));
};

/**
 * Trains a relu network with a softmax on inputs `[count, ...shape]` and labels `[count]`, by Adam on the cross-entropy
 * in nats. The seed and the data decide every bit of the result. Gives the event loop a turn now and then.
 * @throws ShapeError where inputs have no examples, ArgumentError where labels do not go with them or lie outside of the
 *   classes, a number is not finite, an option is out of range, or the loss stops being a number
 * @example const { probabilities } = await trainClassifier(train.inputs, train.labels, { epochs: 3 });
 */
export async function trainClassifier(
  inputs: Tensor,
  labels: Labels,
  options: ClassifierOptions = {},
): Promise<Classifier> {
  const x = rowsOf(OP, inputs);
  const [count, width] = x.shape;
  const y = fromTypedArray(Int32Array.from(classesOf(OP, labels, count)), [count]);
  const choices = choicesOf(options, y.data);
  const [layerKey, orderKey] = split(keyOf(choices.seed));
  const layers = await descend(initLayers(layerKey, width, choices), x, y, choices, orderKey);
  return {
    classes: choices.classes,
    probabilities: (examples) => softmax(concrete(logitsOf(layers, rowsOf("probabilities", examples, width)))),
  };
}

function initLayers(key: Key, inputs: number, { hidden: widths, classes }: Required<ClassifierOptions>): Layers {
  const [hiddenKey, outputKey] = split(key);
  return {
    hidden: initHidden(hiddenKey, inputs, widths, "relu"),
    output: initDense(outputKey, widths.at(-1) ?? inputs, classes, glorotUniform),
  };
}

/** Epochs of minibatch steps, each epoch in an order of its own. */
async function descend(
  layers: Layers,
  x: Tensor,
  y: Tensor,
  { classes, epochs, batch, lr }: Required<ClassifierOptions>,
  key: Key,
): Promise<Layers> {
  const optimizer = adam();
  let [params, state] = [layers, optimizer.init(layers)];
  const breathe = pauses();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(foldIn(key, epoch), x.shape[0]);
    for (const range of rowBlocks(x.shape[0], batch)) {
      const chosen = slice(order, [range]);
      const targets = oneHot(gather(y, chosen), classes);
      const [loss, gradients] = valueAndGrad(crossEntropy)(params, gather(x, chosen), targets);
      if (!Number.isFinite(loss.item())) {
        const message = `the loss is no finite number in epoch ${epoch + 1}; try a smaller lr than ${lr}`;
        throw new ArgumentError(message, { op: OP });
      }
      ({ params, state } = optimizer.update(params, gradients, state, lr));
      await breathe();
    }
  }
  return params;
}

/** Examples of any shape as rows of finite float32. */
function rowsOf(op: string, inputs: Tensor, width?: number): Tensor {
  const fits = inputs instanceof Tensor && inputs.ndim >= 2 && inputs.size > 0;
  const columns = fits ? inputs.size / inputs.shape[0] : 0;
  if (!fits || (width !== undefined && columns !== width)) {
    const got = inputs instanceof Tensor ? `[${inputs.shape.join(", ")}]` : typeof inputs;
    const wanted = width === undefined ? "" : ` of ${width} numbers an example`;
    throw new ShapeError(`inputs are a tensor [count, ...shape]${wanted}, no axis empty, got ${got}`, { op });
  }
  checkFinite(op, "inputs", inputs);
  return reshape(cast(inputs, "float32"), [inputs.shape[0], columns]);
}

/** The choices with their defaults, checked against each other and the labels. */
function choicesOf(options: ClassifierOptions, labels: ArrayLike<number>): Required<ClassifierOptions> {
  checkOptions(OP, options, ["classes", "hidden", "epochs", "batch", "lr", "seed"]);
  let most = 0;
  for (let i = 0; i < labels.length; i++) most = Math.max(most, labels[i]);
  const { classes = most + 1, hidden: widths = [128], epochs = 3, batch = 128, lr = 1e-3, seed = 0 } = options;
  checkCount(OP, "classes", classes, 1, Infinity);
  checkCount(OP, "epochs", epochs, 1, Infinity);
  checkCount(OP, "batch", batch, 1, Infinity);
  checkCount(OP, "seed", seed, 0, Number.MAX_SAFE_INTEGER);
  for (const width of widths) checkCount(OP, "a hidden width", width, 1, Infinity);
  if (!(lr > 0 && lr < Infinity)) throw new ArgumentError(`lr is a positive number, got ${lr}`, { op: OP });
  if (most >= classes)
    throw new ArgumentError(`there is a label ${most}, the ${classes} classes count from 0`, { op: OP });
  return { classes, hidden: widths, epochs, batch, lr, seed };
}
