// Runs: numbers that lie side by side, copied or filled; how many they are is known when the program is written.

import { countUp, type Expression, i32, memory, type Scope, type Statement, v128 } from "@elbo/tensor/kernels";
import { BYTES } from "./kernel.js";

/** An address, as cheap to write twice as a variable, and a constant that is added to it. */
export interface Pointer {
  readonly at: Expression<"i32">;
  readonly base: number;
}

/** Up to so many numbers are moved by instructions of their own; beyond, the call of a bulk operation is worth it. */
const LONG = 64;

const addressOf = ({ at, base }: Pointer): Expression<"i32"> => i32.add(at, i32.const(base));

/** One statement for each vector of a run, and for each number that is left. */
function inPieces(
  count: number,
  four: (offset: number) => Statement,
  one: (offset: number) => Statement,
): readonly Statement[] {
  const vectors = Math.floor(count / 4);
  return [
    ...Array.from({ length: vectors }, (_, v) => four(16 * v)),
    ...Array.from({ length: count % 4 }, (_, i) => one(16 * vectors + BYTES * i)),
  ];
}

/** Copies `count` numbers; the runs do not overlap. */
export function copyRun(to: Pointer, from: Pointer, count: number): readonly Statement[] {
  if (count > LONG) return [memory.copy(addressOf(to), addressOf(from), i32.const(BYTES * count))];
  return inPieces(
    count,
    (offset) => v128.store(to.at, v128.load(from.at, from.base + offset), to.base + offset),
    (offset) => i32.store(to.at, i32.load(from.at, from.base + offset), to.base + offset),
  );
}

/** Fills `count` numbers with the same 32 bits. */
export function fillRun(scope: Scope, to: Pointer, bits: number, count: number): readonly Statement[] {
  if (count > LONG && bits === 0) return [memory.fill(addressOf(to), i32.const(0), i32.const(BYTES * count))];
  const four = (at: Expression<"i32">, base: number) => v128.store(at, v128.ofInt(bits), base);
  const one = (at: Expression<"i32">, base: number) => i32.store(at, i32.const(bits), base);
  if (count <= LONG) {
    return inPieces(
      count,
      (offset) => four(to.at, to.base + offset),
      (offset) => one(to.at, to.base + offset),
    );
  }
  const vectors = scope.local("i32");
  const whole = 4 * Math.floor(count / 4);
  const rest = { at: to.at, base: to.base + BYTES * whole };
  return [
    countUp(vectors, i32.const(0), i32.const(BYTES * whole), i32.const(16), [four(i32.add(to.at, vectors), to.base)]),
    ...fillRun(scope, rest, bits, count - whole),
  ];
}
