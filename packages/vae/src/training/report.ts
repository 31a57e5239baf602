// What fit yields after every epoch.

import type { Metrics } from "../evaluation/metrics.js";

/** What one epoch gave. */
export interface Report {
  /** Counted from 1. */
  readonly epoch: number;
  /** Wall-clock time of the epoch with its evaluation. */
  readonly seconds: number;
  /** Averages over the epoch, while the parameters were changing. */
  readonly train: Metrics;
  /** The whole test part, after the epoch. */
  readonly test: Metrics;
}
