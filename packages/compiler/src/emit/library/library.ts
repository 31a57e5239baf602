// What a library kernel is: an operation that is no loop over elements, as a function that each thread calls for its share.

import type { Shape } from "@elbo/tensor";
import type { ModuleBuilder, Statement, WasmFunction } from "@elbo/tensor/kernels";
import type { ProgramDType } from "../../graph/graph.js";

/** Where a dense, row-major value lies: its address is a multiple of 64, and its bytes up to the next such are its own. */
export interface Place {
  readonly address: number;
  readonly shape: Shape;
  readonly dtype: ProgramDType;
}

/** One use of an operation: everything is known when the program is written. */
export interface LibraryCall {
  /** A name for the function, unique in the module. */
  readonly name: string;
  readonly op: string;
  readonly attributes: unknown;
  readonly inputs: readonly Place[];
  readonly output: Place;
}

/** What all kernels of a module share. */
export interface Library {
  readonly builder: ModuleBuilder;
  /** Notes that this call met a value that it refuses, such as an index outside of its axis. The step then throws. */
  fail(call: LibraryCall): Statement;
  /** A function that several calls use, defined once for each name. */
  shared<T>(name: string, define: (builder: ModuleBuilder) => T): T;
}

/** The work of one thread: its number from 0, and how many take part. Every thread calls it; shares do not overlap. */
export type KernelFunction = WasmFunction<readonly ["i32", "i32"], "none">;

/** Defines the function of a call. The result is the same to the bit for every number of threads. */
export type LibraryKernel = (library: Library, call: LibraryCall) => KernelFunction;
