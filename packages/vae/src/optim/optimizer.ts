// What an optimizer is: an initial state, and a pure step from parameters and gradients to new parameters.

/** `S` is the optimizer's state: trees like the parameters, and plain numbers. */
export interface Optimizer<S> {
  readonly name: string;
  init(params: unknown): S;
  /** One step at a learning rate. Nothing is changed in place. */
  update<P>(params: P, gradients: P, state: S, rate: number): { params: P; state: S };
}
