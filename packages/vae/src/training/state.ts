// Where training stands: everything that the next step depends on beside the parameters.

import type { Sums } from "../evaluation/metrics.js";
import type { MultiplyAdd } from "./multiply-adds.js";
import type { OptimizerState } from "./optimizers.js";

/** Where training stands: everything that the next step depends on beside the parameters. */
export interface TrainingState {
  /** Epochs finished. */
  readonly epoch: number;
  /** Steps finished in the epoch under way. */
  readonly step: number;
  /** What the epoch under way has summed up so far. */
  readonly sums: Sums;
  /** Seconds spent in the epoch under way. */
  readonly seconds: number;
  /**
   * The classes of multiply-add that the run has used so far, in order: none before the first step, more than one where
   * it went on under another.
   */
  readonly multiplyAdds: readonly MultiplyAdd[];
  readonly optimizer: OptimizerState;
}
