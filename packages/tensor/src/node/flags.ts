// Switches of Node's engine that make float32 products faster. A library never touches them: a program asks for them.

import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { matmulEngine, type MatmulEngine, multiply, recompile } from "../matmul/engine.js";
import { withMatmulMode } from "../matmul/mode.js";
import { hasRelaxedSimd, hasSimd, keepsProgramOrder } from "../wasm/features.js";

/**
 * Switches relaxed SIMD on where Node still keeps it behind a flag (Node 20), so that `fast` products use a fused
 * multiply-add. Newer Nodes have it on already. Gives what multiplies from now on.
 * @example enableRelaxedSimd().fast // "fused" on processors that have it
 */
export function enableRelaxedSimd(): MatmulEngine {
  if (hasSimd() && !hasRelaxedSimd()) {
    setFlagsFromString("--experimental-wasm-relaxed-simd");
    recompile();
  }
  return matmulEngine();
}

/** What a trial of paired vectors found. */
export interface PairedVectors {
  readonly on: boolean;
  /** Why not, or how many times faster than the plain tile a product of 192 x 192 x 192 was. */
  readonly because: string;
}

/**
 * Tries V8's experimental pairing of neighbouring 128-bit vectors into 256-bit ones (Node 24 and newer): switches it on,
 * checks that products keep their bits, times them, and goes back to the plain tile where that is no gain. The flag
 * holds for all WebAssembly that the process compiles from then on.
 */
export function tryPairedVectors(): PairedVectors {
  if (!hasSimd()) return { on: false, because: "there is no WebAssembly SIMD" };
  if (!keepsProgramOrder()) return { on: false, because: "this Node is older than 24" };
  if (outcome !== undefined) return outcome;
  const plain = trial();
  setFlagsFromString("--experimental-wasm-revectorize");
  recompile(true);
  // A busy machine can keep the optimizing compiler from its work for longer than a trial lasts.
  let paired = trial();
  for (let i = 0; i < 3 && plain.milliseconds / paired.milliseconds <= LEAST_GAIN; i++) paired = trial();
  const ratio = plain.milliseconds / paired.milliseconds;
  const sameBits = plain.bits.every((word, i) => word === paired.bits[i]);
  if (sameBits && ratio > LEAST_GAIN) return (outcome = { on: true, because: `${ratio.toFixed(2)} times faster` });
  setFlagsFromString("--no-experimental-wasm-revectorize");
  recompile();
  return (outcome = { on: false, because: sameBits ? `${ratio.toFixed(2)} times the speed is no gain` : "other bits" });
}

const LEAST_GAIN = 1.1;

/** What the trial found: it is made once. */
let outcome: PairedVectors | undefined;

/** The bits of a product in `fast`, and its least time once the optimizing compiler has taken over. */
function trial(): { bits: Int32Array; milliseconds: number } {
  const n = 192;
  const numbers = Float32Array.from({ length: n * n }, (_, i) => ((i * 7919) % 1009) / 1009 - 0.5);
  const view = { storage: numbers, offset: 0, rows: n, columns: n, rowStride: n, columnStride: 1 };
  const out = new Float32Array(n * n);
  let milliseconds = Infinity;
  return withMatmulMode("fast", () => {
    // The optimizing compiler works beside; it is done within some tens of milliseconds.
    const start = performance.now();
    for (let calls = 0; calls < 30 || performance.now() - start < 60; calls++) {
      const begin = performance.now();
      multiply(view, view, out, 0);
      milliseconds = Math.min(milliseconds, performance.now() - begin);
    }
    return { bits: new Int32Array(out.buffer), milliseconds };
  });
}
