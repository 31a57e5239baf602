// Going back: a process whose state moves in place returns to an earlier state by a snapshot and the steps since.

/** A state that is moved step by step. It is deterministic: the same state and step give the same next state. */
export interface Process<S, Outcome> {
  step(at: number): Outcome;
  /** The state as it stands; it does not change afterwards. */
  read(): S;
  write(state: S): void;
}

export interface ReplayOptions<Outcome> {
  /** The step that comes next. */
  readonly at: number;
  /** Whether a step began in a state worth going back to. */
  readonly isSound: (outcome: Outcome) => boolean;
  /** Milliseconds between snapshots; 0 takes one before each step, where reading costs nothing. */
  readonly every: number;
  /** Whether an error lost the state, so that it has to be written before the step is taken again. None does, unless given. */
  readonly isLost?: (error: unknown) => boolean;
  /** Hears of such an error when the step has been repeated. */
  readonly onRepeat?: (error: unknown) => void;
}

/** A process that remembers the way back. */
export interface Replayable<Outcome> {
  step(at: number): Outcome;
  /** Sets the process to the state in which its last sound step began; without such a step, to where it started. */
  goBack(): void;
}

/**
 * Watches a process. Invariant: the snapshot was taken at the start, or before a sound step, and never after the state
 * to go back to; so `goBack` repeats no more than the steps of one interval, and the one before it.
 */
export function replayable<S, Outcome>(
  process: Process<S, Outcome>,
  { at: start, isSound, every, isLost = () => false, onRepeat }: ReplayOptions<Outcome>,
): Replayable<Outcome> {
  const snapshotAt = (at: number) => ({ at, state: process.read(), time: performance.now() });
  let snapshot = snapshotAt(start);
  let lastSound = start;
  const returnTo = (end: number): void => {
    process.write(snapshot.state);
    for (let at = snapshot.at; at < end; at++) process.step(at);
  };
  const attempt = (at: number): Outcome => {
    try {
      return process.step(at);
    } catch (error) {
      if (!isLost(error)) throw error;
      returnTo(at);
      const outcome = process.step(at);
      onRepeat?.(error);
      return outcome;
    }
  };
  return {
    step: (at) => {
      const due = performance.now() - snapshot.time >= every;
      const before = due ? snapshotAt(at) : snapshot;
      const outcome = attempt(at);
      if (isSound(outcome)) [snapshot, lastSound] = [before, at];
      return outcome;
    },
    goBack: () => returnTo(lastSound),
  };
}
