// The optimizers by name, as checkpoints and commands spell them.

import { adam } from "../optim/adam.js";
import type { Optimizer } from "../optim/optimizer.js";
import { sgd } from "../optim/sgd.js";

/** A tree of tensors and numbers, whichever optimizer it belongs to. */
export type OptimizerState = Readonly<Record<string, unknown>>;

const general = <S>(optimizer: Optimizer<S>): Optimizer<OptimizerState> =>
  optimizer as unknown as Optimizer<OptimizerState>;

/** Adam, plain gradient descent, and gradient descent with momentum 0.9, by name. */
export const optimizers = {
  adam: general(adam()),
  sgd: general(sgd()),
  momentum: general(sgd({ momentum: 0.9 })),
} as const;

export type OptimizerName = keyof typeof optimizers;
