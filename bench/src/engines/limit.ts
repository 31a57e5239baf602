// The platform's limit: how many multiply-adds a second one core does in registers, in WebAssembly of 128 bits.

import {
  branchIf,
  f32x4,
  hasRelaxedSimd,
  i32,
  instantiate,
  loop,
  ModuleBuilder,
  newMemory,
  v128,
} from "@elbo/tensor/kernels";

/** Measured in every round, beside the engines. */
export interface Limit {
  readonly name: "limit";
  readonly settings: string;
  /** One reading, of 20 ms or more. */
  gflops(): number;
}

/** As many as the matrix kernels have, and enough to hide the latency of each. */
const ACCUMULATORS = 12;
const UNROLL = 4;

/**
 * `run(iterations)`: accumulator = accumulator * 1/2 + 1, which tends to 2, so that no number leaves the normal range.
 * The accumulators come from memory, so that no compiler may merge them, and go back there.
 */
function program(fused: boolean): (iterations: number) => void {
  const builder = new ModuleBuilder();
  builder.define("run", ["i32"], "none", (scope, iterations) => {
    const accumulators = Array.from({ length: ACCUMULATORS }, () => scope.local("v128"));
    const [factor, addend] = [scope.local("v128"), scope.local("v128")];
    const at = i32.const(0);
    const step = accumulators.map((sum) =>
      sum.set(fused ? f32x4.relaxedMultiplyAdd(sum, factor, addend) : f32x4.add(f32x4.mul(sum, factor), addend)),
    );
    return [
      factor.set(scope.hidden(new Float32Array(4).fill(0.5))),
      addend.set(scope.hidden(new Float32Array(4).fill(1))),
      ...accumulators.map((sum, i) => sum.set(v128.load(at, 16 * i))),
      loop((again) => [
        ...Array.from({ length: UNROLL }, () => step).flat(),
        branchIf(again, iterations.tee(i32.sub(iterations, i32.const(1)))),
      ]),
      ...accumulators.map((sum, i) => v128.store(at, sum, 16 * i)),
    ];
  });
  return instantiate(builder.bytes, newMemory(16 * ACCUMULATORS)).run as (iterations: number) => void;
}

/** One iteration: lanes times multiply and add, for each accumulator and unrolled step. */
const FLOP = 4 * 2 * ACCUMULATORS * UNROLL;
const READING_SECONDS = 0.02;

let opened: Limit | undefined;

/**
 * The limit, compiled and warm: fused where the runtime has relaxed SIMD, else multiply and add. Opened before V8 pairs
 * vectors, it stays the limit of 128 bits.
 */
export function openLimit(): Limit {
  if (opened !== undefined) return opened;
  const fused = hasRelaxedSimd();
  const run = program(fused);
  const seconds = (iterations: number): number => {
    const start = performance.now();
    run(iterations);
    return (performance.now() - start) / 1000;
  };
  // Many short calls bring the optimizing tier; a loop that is already running would wait for it in vain.
  for (const start = performance.now(); performance.now() - start < 200;) run(10_000);
  let iterations = 1_000_000;
  while (seconds(iterations) < READING_SECONDS) iterations *= 2;
  opened = {
    name: "limit",
    settings: fused
      ? "f32x4.relaxed_madd, 12 accumulators"
      : "f32x4.mul and f32x4.add (no relaxed SIMD), 12 accumulators",
    gflops: () => (FLOP * iterations) / seconds(iterations) / 1e9,
  };
  return opened;
}
