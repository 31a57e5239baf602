// How long a loop is: the vector instructions of its operations.

import { meaning } from "@elbo/tensor";
import { stepsOf } from "@elbo/tensor/kernels";

/**
 * A longer loop is cut in two. A WebAssembly function has at most 50,000 variables; a loop has one for each instruction
 * and vector, and writes the instructions for at most 8 vectors: 4 of a whole group, and 4 of what is left of a row.
 */
export const MOST_INSTRUCTIONS = 5000;

const meanings = meaning as unknown as Readonly<Record<string, meaning.Meaning>>;

/** The vector instructions of an operation. */
export const instructionsOf = (op: string): number => (op in meanings ? stepsOf(meanings[op]) : 1);
