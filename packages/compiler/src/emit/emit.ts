// The stage `emit`: a plan becomes the bytes of a WebAssembly module.

import { defineParts, i32, ModuleBuilder, type MultiplyAdd, productOf, type TileShape } from "@elbo/tensor/kernels";
import type { Kernel, LibraryKernelUse } from "../fuse/kernels.js";
import type { Reading } from "../fuse/layout.js";
import type { Plan } from "../plan/plan.js";
import { CONTROL } from "../plan/control.js";
import { libraryKernels } from "./library/index.js";
import type { KernelFunction, Library, LibraryCall, Place } from "./library/library.js";
import { defineLoopKernel } from "./loop-kernel.js";
import { defineProductKernel, type Products } from "./product-kernel.js";
import { defineTeam } from "./team.js";

/** How the products of a program are computed. */
export interface ProductKind {
  readonly multiplyAdd: MultiplyAdd;
  readonly tile: TileShape;
}

/** A program's module, and the names under which it exports its kernels, in the order of the phases. */
export interface Emitted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly names: readonly (readonly string[])[];
}

/** Writes the module of a plan. It imports the memory that the plan's addresses are of. */
export function emit(plan: Plan, { multiplyAdd, tile }: ProductKind, shared: boolean): Emitted {
  const builder = new ModuleBuilder({ sharedMemory: shared });
  const library = libraryOf(builder);
  const products = (): Products =>
    library.shared("products", () => {
      const parts = defineParts(builder, "", tile, multiplyAdd);
      return { parts, product: productOf(builder, parts, multiplyAdd) };
    });
  let count = 0;
  const define = (kernel: Kernel): { readonly name: string; readonly call: KernelFunction } => {
    const turn = count++;
    const name = `kernel${turn}`;
    switch (kernel.kind) {
      case "loop":
        return { name, call: defineLoopKernel(library, name, kernel, plan, turn) };
      case "product":
        return { name, call: defineProductKernel(library, name, kernel, plan, products(), turn) };
      case "library":
        return { name, call: libraryKernels[kernel.op](library, callOf(kernel, name, plan)) };
    }
  };
  const phases = plan.schedule.phases.map((kernels) => kernels.map(define));
  defineTeam(builder, { phases: phases.map((kernels) => kernels.map(({ call }) => call)), shared });
  return { bytes: builder.bytes, names: phases.map((kernels) => kernels.map(({ name }) => name)) };
}

function libraryOf(builder: ModuleBuilder): Library {
  const known = new Map<string, unknown>();
  return {
    builder,
    // The number of the kernel that met a value it refuses, plus 1: names end in it.
    fail: ({ name }) => i32.store(i32.const(CONTROL.FAILED), i32.const(Number(/\d+$/.exec(name)![0]) + 1)),
    shared: <T>(name: string, define: (builder: ModuleBuilder) => T): T => {
      if (!known.has(name)) known.set(name, define(builder));
      return known.get(name) as T;
    },
  };
}

function callOf(kernel: LibraryKernelUse, name: string, plan: Plan): LibraryCall {
  const placeOf = ({ base, shape }: Pick<Reading, "base" | "shape">): Place => ({
    address: plan.places.get(base)!,
    shape,
    dtype: plan.graph.nodes[base].dtype,
  });
  return {
    name,
    op: kernel.op,
    attributes: kernel.attributes,
    inputs: kernel.inputs.map(placeOf),
    output: placeOf({ base: kernel.node, shape: plan.graph.nodes[kernel.node].shape }),
  };
}
