// What the runtime can do, found out by asking it: tiny programs that are validated, or run once.

import { host, type Memory } from "./host.js";
import { f32x4, v128 } from "./instructions.js";
import { MEMORY_IMPORT, ModuleBuilder } from "./module.js";

/** How a multiply-add of the matrix kernels rounds: after the product and after the sum, or once. */
export type MultiplyAdd = "separate" | "fused";

const cached = <T>(find: () => T): (() => T) => {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: find() }).value;
};

/** Compiles and instantiates a module over a memory. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>, memory: Memory<ArrayBufferLike>) {
  const module = new host!.Module(bytes);
  return new host!.Instance(module, { [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: memory } }).exports;
}

/** With so many repeats the probe has some 40 KB, more than any kernel here: old browsers refuse that much at once. */
const LARGE = 1500;

/** A multiply-add of what stands at an address, stored 48 bytes on, so that a probe has an effect. */
function vectorProbe(relaxed: boolean, repeats = 1): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  builder.define("probe", ["i32"], "none", (_, at) => {
    const [x, y, z] = [0, 16, 32].map((offset) => v128.load(at, offset));
    const store = v128.store(at, relaxed ? f32x4.relaxedMultiplyAdd(x, y, z) : f32x4.add(f32x4.mul(x, y), z), 48);
    return Array.from({ length: repeats }, () => store);
  });
  return builder.bytes;
}

/**
 * Whether four float32 fit in a register, and programs may be made at run time: a page's security policy can forbid
 * that, and old browsers refuse large programs on the main thread.
 */
export const hasSimd = cached((): boolean => {
  try {
    if (host === undefined) return false;
    instantiate(vectorProbe(false, LARGE), new host.Memory({ initial: 1 }));
    return true;
  } catch {
    return false;
  }
});

/** Whether the relaxed instructions are there. Not cached: a flag can still switch them on. */
export function hasRelaxedSimd(): boolean {
  return hasSimd() && host!.validate(vectorProbe(true));
}

const roundsOnce = cached((): boolean => {
  const memory = new host!.Memory({ initial: 1 });
  const lanes = new Float32Array(memory.buffer);
  // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24: the last term survives only where the product is not rounded.
  lanes.fill(1 + 2 ** -12, 0, 8);
  lanes.fill(-(1 + 2 ** -11), 8, 12);
  instantiate(vectorProbe(true), memory).probe(0);
  return lanes[15] === 2 ** -24;
});

/** The best multiply-add of this runtime. */
export const multiplyAddClass = (): MultiplyAdd => (hasRelaxedSimd() && roundsOnce() ? "fused" : "separate");

/**
 * Whether the engine is of the generation that keeps loads where the program has them: V8 from 13.5 on (Node 24), told
 * by an array type that came with it, since no program shows the order of its own loads. Older V8 moves every load of a
 * straight run of code to its start, and registers run out. Only speed hangs on the answer.
 */
export const keepsProgramOrder = (): boolean => "Float16Array" in globalThis;
