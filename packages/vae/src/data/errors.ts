// The error of everything that reads data: which file or tensor, what is wrong with it, what to do.

import { ElboError, type ErrorFacts } from "@elbo/tensor";

/** Data that cannot be what it claims to be: truncated, mislabelled, out of range, not finite. */
export class DataError extends ElboError {
  constructor(message: string, facts: ErrorFacts = {}) {
    super("DATA", message, facts);
  }
}
