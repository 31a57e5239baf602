// The switches of Node's engine that the command turns on before it computes: a program may, a library never does.

import { matmulEngine } from "@elbo/tensor";
import { enableRelaxedSimd, tryPairedVectors } from "@elbo/tensor/node";

let tried = false;

/** Before a verb evaluates: `fast` gets its fused multiply-add on Node 20 as well, and figures are those of training. */
export const prepareToEvaluate = (): void => void enableRelaxedSimd();

/** Before a verb trains. The trial of paired vectors takes some tenths of a second, once, and changes no bits. */
export function prepareToTrain(verb: string): void {
  prepareToEvaluate();
  if (tried) return;
  tried = true;
  tryPairedVectors();
  if (matmulEngine().kernel === "typescript") {
    console.error(
      `elbo ${verb}: this runtime has no WebAssembly SIMD; matrix products fall back to plain TypeScript, which is about ten times slower`,
    );
  }
}
