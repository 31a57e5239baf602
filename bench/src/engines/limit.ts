// The platform's limit: how many multiply-adds a second one core does in registers, in WebAssembly of 128 bits.

import { wasm } from "../harness/wasm.js";

/** Measured in every round, beside the engines. */
export interface Limit {
  readonly name: "limit";
  readonly settings: string;
  /** One reading, of 20 ms or more. */
  gflops(): number;
}

// PLACEHOLDER: the bytes are assembled by hand here until the engine's own assembler writes them.

const [V128, F32, I32] = [0x7b, 0x7d, 0x7f];
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const END = 0x0b;
const ACCUMULATORS = 12;
const UNROLL = 4;
/** Locals: 0 the counter, 1 and 2 the operands, then the accumulators. */
const [FACTOR, ADDEND, FIRST] = [1, 2, 3];

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const splat = (x: number): number[] => [0x43, ...new Uint8Array(Float32Array.of(x).buffer), 0xfd, 0x13];
const madd = [0xfd, 0x85, 0x02];
const [add, mul] = [
  [0xfd, 0xe4, 0x01],
  [0xfd, 0xe6, 0x01],
];
const accumulators = Array.from({ length: ACCUMULATORS }, (_, i) => FIRST + i);

/** Unsigned LEB128. */
function leb(x: number): number[] {
  return x < 0x80 ? [x] : [(x & 0x7f) | 0x80, ...leb(x >>> 7)];
}
const counted = (bytes: readonly number[]): number[] => [...leb(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]): number[] => [id, ...counted(bytes)];

/**
 * `run(iterations)`: accumulator = accumulator * 1/2 + 1, which tends to 2, so that no number leaves the normal range.
 * The accumulators begin apart, so that no compiler may merge them.
 */
function moduleBytes(fused: boolean): Uint8Array {
  const step = (local: number): number[] => [
    ...(fused
      ? [...get(local), ...get(FACTOR), ...get(ADDEND), ...madd]
      : [...get(local), ...get(FACTOR), ...mul, ...get(ADDEND), ...add]),
    ...set(local),
  ];
  const locals = [0x01, ACCUMULATORS + 2, V128];
  const loop = [0x03, 0x40];
  const again = [...get(0), 0x41, 0x01, 0x6b, 0x22, 0x00, 0x0d, 0x00, 0x0b];
  const firstLane = [0xfd, 0x1f, 0x00];
  const body = [
    ...locals,
    ...splat(0.5),
    ...set(FACTOR),
    ...splat(1),
    ...set(ADDEND),
    ...accumulators.flatMap((local) => [...splat(local), ...set(local)]),
    ...loop,
    ...Array.from({ length: UNROLL }, () => accumulators.flatMap(step)).flat(),
    ...again,
    ...get(FIRST),
    ...accumulators.slice(1).flatMap((local) => [...get(local), ...add]),
    ...firstLane,
    END,
  ];
  return Uint8Array.of(
    ...HEADER,
    ...section(1, [0x01, 0x60, 0x01, I32, 0x01, F32]),
    ...section(3, [0x01, 0x00]),
    ...section(7, [0x01, ...counted([...Buffer.from("run")]), 0x00, 0x00]),
    ...section(10, [0x01, ...counted(body)]),
  );
}

/** One iteration: lanes times multiply and add, for each accumulator and unrolled step. */
const FLOP = 4 * 2 * ACCUMULATORS * UNROLL;
const READING_SECONDS = 0.02;

/** Fused where the runtime has relaxed SIMD, else multiply and add. */
export function openLimit(): Limit {
  const bytes = moduleBytes(true);
  const fused = wasm.validate(bytes);
  const { exports } = new wasm.Instance(new wasm.Module(fused ? bytes : moduleBytes(false)));
  const run = exports.run as (iterations: number) => number;
  const seconds = (iterations: number): number => {
    const start = performance.now();
    run(iterations);
    return (performance.now() - start) / 1000;
  };
  // Many short calls bring the optimizing tier; a loop that is already running would wait for it in vain.
  for (const start = performance.now(); performance.now() - start < 200;) run(10_000);
  let iterations = 1_000_000;
  while (seconds(iterations) < READING_SECONDS) iterations *= 2;
  return {
    name: "limit",
    settings: fused
      ? "f32x4.relaxed_madd, 12 accumulators"
      : "f32x4.mul and f32x4.add (no relaxed SIMD), 12 accumulators",
    gflops: () => (FLOP * iterations) / seconds(iterations) / 1e9,
  };
}
