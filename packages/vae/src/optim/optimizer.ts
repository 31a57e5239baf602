// What an optimizer is: an initial state, and a step in two halves, numbers in double and tensors wherever they are kept.

import type { Operand } from "@elbo/autograd";

/** The part of an optimizer's state that is made of tensors: trees like the parameters, by name. */
export type Moments = Readonly<Record<string, unknown>>;

/** Scalars that a step multiplies by, by name. */
export type Factors<Factor = Operand> = Readonly<Record<string, Factor>>;

/** A step in its two halves, of which the second is pure and can be compiled. */
export interface StepRule<S> {
  readonly name: string;
  init(params: unknown): S;
  /** The numbers' half, in double: what a step at a learning rate multiplies by, and the state's numbers after it. */
  prepare(state: S, rate: number): { readonly factors: Factors<number>; readonly numbers: Partial<S> };
  /** The tensors' half: the parameters and the moments after the step. Nothing is changed in place. */
  step<P>(params: P, gradients: P, moments: Moments, factors: Factors): { params: P; moments: Moments };
}

/** `S` is the optimizer's state: plain numbers, and trees like the parameters, its moments. */
export interface Optimizer<S> extends StepRule<S> {
  /** Both halves of one step at a learning rate. Nothing is changed in place. */
  update<P>(params: P, gradients: P, state: S, rate: number): { params: P; state: S };
}

/** The members of an optimizer's state that are trees of tensors. */
export const momentsOf = (state: object): Moments =>
  Object.fromEntries(Object.entries(state).filter(([, member]) => typeof member !== "number"));

/** Its other members: plain numbers, kept in double. */
export const numbersOf = <S extends object>(state: S): Partial<S> =>
  Object.fromEntries(Object.entries(state).filter(([, member]) => typeof member === "number")) as Partial<S>;

/** An optimizer from its two halves. */
export const optimizer = <S extends object>(rule: StepRule<S>): Optimizer<S> => ({
  ...rule,
  update: (params, gradients, state, rate) => {
    const { factors, numbers } = rule.prepare(state, rate);
    const next = rule.step(params, gradients, momentsOf(state), factors);
    return { params: next.params, state: { ...next.moments, ...numbers } as S };
  },
});
