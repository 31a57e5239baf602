// Switches relaxed SIMD on where the runtime has it behind a flag. Import this before anything that compiles WebAssembly.

import { hasRelaxedSimd } from "@elbo/tensor/kernels";
import { enableRelaxedSimd } from "@elbo/tensor/node";

export type RelaxedSimd = "on" | "switched on" | "absent";

function switchOn(): RelaxedSimd {
  if (hasRelaxedSimd()) return "on";
  enableRelaxedSimd();
  return hasRelaxedSimd() ? "switched on" : "absent";
}

/** Whether `f32x4.relaxed_madd` compiles here, and whether it took a flag. */
export const relaxedSimd: RelaxedSimd = switchOn();
