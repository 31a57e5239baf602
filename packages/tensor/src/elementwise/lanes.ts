// Elementwise kernels in WebAssembly SIMD: the loop of a meaning over vectors, and the passage of eager operands through it.

import type { Storage } from "../core/dtype.js";
import type { Meaning } from "../meaning/arithmetic.js";
import { writeLanes } from "../meaning/lanes.js";
import { writeSource } from "../meaning/source.js";
import { countUp } from "../wasm/control.js";
import { instantiate } from "../wasm/features.js";
import { i32, v128 } from "../wasm/instructions.js";
import { ModuleBuilder, type WasmFunction } from "../wasm/module.js";
import { scratch, scratchMemory } from "../wasm/scratch.js";
import type { Kernel } from "./kernel.js";

/** The loop of a map goes in steps of so many bytes: four vectors. */
export const MAP_STEP = 64;

/** Beyond so many steps of a meaning, fewer vectors side by side do better: code of that length hides latency itself. */
const LONG = 100;

/**
 * Defines the loop of a meaning: bytes, out, then its operands as addresses of float32 that follow each other. The bytes
 * are a multiple of MAP_STEP; `out` may be one of the operands. Several vectors take each step side by side: they share
 * the reading of its constants, and one hides the latency of the others.
 */
export function defineMap(
  builder: ModuleBuilder,
  name: string,
  meaning: Meaning,
): WasmFunction<readonly "i32"[], "none"> {
  const params = Array.from({ length: 2 + meaning.arity }, (): "i32" => "i32");
  const vectors = stepsOf(meaning) > LONG ? 2 : 4;
  return builder.define(name, params, "none", (scope, bytes, out, ...operands) => {
    const at = scope.local("i32");
    const loaded = operands.map(() => Array.from({ length: vectors }, () => scope.local("v128")));
    const { constants, statements, result } = writeLanes(scope, vectors, (s) => s.apply(meaning, ...loaded));
    return [
      ...constants,
      countUp(at, i32.const(0), bytes, i32.const(16 * vectors), [
        ...loaded.flatMap((locals, k) =>
          locals.map((local, v) => local.set(v128.load(i32.add(operands[k], at), 16 * v))),
        ),
        ...statements,
        ...result.map((vector, v) => v128.store(i32.add(out, at), vector, 16 * v)),
      ]),
    ];
  });
}

const lengths = new WeakMap<Meaning, number>();

/** How many steps a meaning takes. */
export function stepsOf(meaning: Meaning): number {
  let length = lengths.get(meaning);
  if (length === undefined) {
    const names = Array.from({ length: meaning.arity }, (_, k) => `x${k}`);
    length = writeSource(meaning, names, "float32").statements.length;
    lengths.set(meaning, length);
  }
  return length;
}

/** Numbers that pass at once: three operands and the result stay in the second cache. */
const PIECE = 4096;
const BYTES = Float32Array.BYTES_PER_ELEMENT;

const kernels = new WeakMap<Meaning, Kernel>();

/** The kernel of a meaning for float32 storages, by way of the scratch memory; cached. Needs SIMD. */
export function lanesKernelOf(meaning: Meaning): Kernel {
  let kernel = kernels.get(meaning);
  if (kernel === undefined) kernels.set(meaning, (kernel = lanesKernel(meaning)));
  return kernel;
}

function lanesKernel(meaning: Meaning): Kernel {
  const builder = new ModuleBuilder();
  defineMap(builder, "map", meaning);
  const run = instantiate(builder.bytes, scratchMemory()).map;
  // The result stands at 0, operand k at (k + 1) PIECE.
  const places = Array.from({ length: meaning.arity + 1 }, (_, k) => k * PIECE * BYTES);
  return (count, out, outStart, inputs, starts, steps) => {
    const memory = scratch(places.length * PIECE * BYTES);
    for (let from = 0; from < count; from += PIECE) {
      const length = Math.min(PIECE, count - from);
      for (let k = 0; k < inputs.length; k++) {
        // A constant is the same in every piece.
        if (steps[k] === 0 && from > 0) continue;
        copyIn(memory, (k + 1) * PIECE, inputs[k], starts[k] + from * steps[k], steps[k], length);
      }
      run(Math.ceil((length * BYTES) / MAP_STEP) * MAP_STEP, ...places);
      out.set(memory.subarray(0, length), outStart + from);
    }
  };
}

function copyIn(memory: Float32Array, at: number, from: Storage, start: number, step: number, length: number): void {
  if (step === 1) memory.set(from.subarray(start, start + length), at);
  else if (step === 0) memory.fill(from[start], at, at + length);
  else for (let i = 0; i < length; i++) memory[at + i] = from[start + i * step];
}
