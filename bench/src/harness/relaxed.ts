// Switches relaxed SIMD on where the runtime has it behind a flag. Import this before anything that compiles WebAssembly.

import { setFlagsFromString } from "node:v8";
import { wasm } from "./wasm.js";

/** A module whose only function is one `f32x4.relaxed_madd`. */
const RELAXED_MADD = Buffer.from("0061736d0100000001080160037b7b7b017b030201000a0d010b00200020012002fd85020b", "hex");

export type RelaxedSimd = "on" | "switched on" | "absent";

const valid = (): boolean => wasm.validate(RELAXED_MADD);

/** Newer runtimes have it on and complain about the flag, so that it is given only where it is missing. */
function switchOn(): RelaxedSimd {
  if (valid()) return "on";
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  return valid() ? "switched on" : "absent";
}

/** Whether `f32x4.relaxed_madd` compiles here, and whether it took a flag. */
export const relaxedSimd: RelaxedSimd = switchOn();
