// A program: a pure function of a state, together with the state that it moves.

/** A function that keeps its state between calls. */
export interface Program<S, Args extends readonly unknown[], Outputs> {
  /** Moves the state and gives the outputs. */
  run(...args: Args): Outputs;
  /** The state as it stands; it does not change afterwards. */
  read(): S;
  write(state: S): void;
}

/** Runs `f(state, ...args) => [nextState, outputs]` as it is written, operation by operation. Reading costs nothing. */
export function eager<S, Args extends readonly unknown[], Outputs>(
  f: (state: S, ...args: Args) => readonly [S, Outputs],
  start: S,
): Program<S, Args, Outputs> {
  let state = start;
  return {
    run: (...args) => {
      const [next, outputs] = f(state, ...args);
      state = next;
      return outputs;
    },
    read: () => state,
    write: (other) => {
      state = other;
    },
  };
}
