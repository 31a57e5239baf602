// Keys from keys: foldIn and splitKey, one block of Threefry each.
// Source: Salmon, Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011), section 3 and table 2.

import type { OpAttributes } from "@elbo/autograd";
import {
  type Expression,
  FOLD,
  GROUPS,
  i32,
  type Local,
  type ModuleBuilder,
  PARITY,
  ROTATIONS,
  SPLIT,
  type Statement,
  when,
} from "@elbo/tensor/kernels";
import { BYTES, defineKernel } from "./kernel.js";
import type { KernelFunction, Library, LibraryCall, LibraryKernel } from "./library.js";

/** The key for an item, whose number is the 32 bits of the index without a sign. */
export const foldIn: LibraryKernel = (library, call) =>
  deriveKey(library, call, i32.load(i32.const(call.inputs[1].address)), FOLD);

/** The key at a place of a split. */
export const splitKey: LibraryKernel = (library, call) =>
  deriveKey(library, call, i32.const((call.attributes as OpAttributes["splitKey"]).index), SPLIT);

/** Encrypts (index, purpose) under the key that is the first input. One block is the work of one thread. */
function deriveKey(library: Library, call: LibraryCall, index: Expression<"i32">, purpose: number): KernelFunction {
  const threefry = library.shared("threefry", defineThreefry);
  const key = i32.const(call.inputs[0].address);
  const out = i32.const(call.output.address);
  return defineKernel(library, call, (_, thread) => [
    when(i32.eqz(thread), [threefry.call(i32.load(key), i32.load(key, BYTES), index, i32.const(purpose), out)]),
  ]);
}

/** Defines `threefry(k0, k1, c0, c1, out)`: the counter (c0, c1) encrypted under the key (k0, k1), as two words. */
const defineThreefry = (builder: ModuleBuilder) =>
  builder.define("threefry", ["i32", "i32", "i32", "i32", "i32"], "none", (scope, k0, k1, x, y, out) => {
    const k2 = scope.local("i32");
    return [
      k2.set(i32.xor(i32.const(PARITY), i32.xor(k0, k1))),
      x.set(i32.add(x, k0)),
      y.set(i32.add(y, k1)),
      ...rounds(x, y, [k0, k1, k2]),
      i32.store(out, x),
      i32.store(out, y, BYTES),
    ];
  });

/** The rounds of `threefry2x32` of @elbo/tensor. */
function rounds(x: Local<"i32">, y: Local<"i32">, keys: readonly Expression<"i32">[]): Statement[] {
  const statements: Statement[] = [];
  for (let group = 0; group < GROUPS; group++) {
    for (let round = 0; round < 4; round++) {
      const by = ROTATIONS[(group & 1) * 4 + round];
      statements.push(x.set(i32.add(x, y)), y.set(i32.xor(i32.rotl(y, i32.const(by)), x)));
    }
    statements.push(
      x.set(i32.add(x, keys[(group + 1) % 3])),
      y.set(i32.add(i32.add(y, keys[(group + 2) % 3]), i32.const(group + 1))),
    );
  }
  return statements;
}
