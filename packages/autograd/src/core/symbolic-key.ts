// SymbolicKey: a key whose words are not computed yet, as a compiler sees it while it traces a function.

import type { Key } from "@elbo/tensor";
import { ConcreteReadError, type Symbolic } from "./symbolic.js";

/** A key inside of a compiled function. Operations take `value`; nothing else can be read. */
export class SymbolicKey implements Key {
  /** The two words, int32 of shape [2]. */
  readonly value: Symbolic;

  constructor(value: Symbolic) {
    this.value = value;
  }

  /** @throws ConcreteReadError: the random functions of @elbo/tensor draw numbers now */
  get words(): readonly [number, number] {
    throw new ConcreteReadError(
      "a key",
      this.value,
      'import { normal, uniform, bernoulli, randomInt, split, foldIn } from "@elbo/autograd" instead of "@elbo/tensor", and draw what these do not give, such as a permutation, before the compiled function',
    );
  }
}

/** True for a key that is not computed yet. */
export const isSymbolicKey = (x: unknown): x is SymbolicKey => x instanceof SymbolicKey;
