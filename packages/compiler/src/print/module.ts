// A module as text: its size, its functions, and how much code each kernel has.

import type { Emitted } from "../emit/emit.js";
import { countText } from "./quantities.js";
import { table } from "./columns.js";

/** A function of a module. */
export interface FunctionSize {
  readonly name: string;
  readonly bytes: number;
}

/**
 * A module: its bytes and functions, then those of each kernel. Tiles of products, foldings and `run`, which calls the
 * kernels phase by phase, are the last line.
 * @example printModule(emitExample(plan))
 */
export function printModule({ bytes, names }: Emitted): string {
  const functions = functionsOf(bytes);
  const row = (name: string, phase: string, own: readonly FunctionSize[]): string[] => {
    const size = own.reduce((sum, one) => sum + one.bytes, 0);
    return [name, phase, String(own.length), String(size)];
  };
  const kernels = new Set(names.flat());
  const ownerOf = ({ name }: FunctionSize): string => name.split(".")[0];
  const rows = names.flatMap((list, phase) =>
    list.map((kernel) =>
      row(
        kernel,
        String(phase + 1),
        functions.filter((one) => ownerOf(one) === kernel),
      ),
    ),
  );
  const rest = row(
    "shared",
    "",
    functions.filter((one) => !kernels.has(ownerOf(one))),
  );
  const head = `module of ${bytes.length} bytes, ${countText(functions.length, "function")}`;
  return `${head}\n${table([["name", "phase", "functions", "bytes"], ...rows, rest], new Set([1, 2, 3]))}`;
}

const EXPORTS = 7;
const CODE = 10;

/** The functions of a module that exports them all, in order, as `ModuleBuilder` writes it. */
export function functionsOf(module: Uint8Array): FunctionSize[] {
  const names: string[] = [];
  const sizes: number[] = [];
  const reader = new Reader(module, 8);
  while (!reader.atEnd) {
    const [id, length] = [reader.byte(), reader.unsigned()];
    const end = reader.at + length;
    const count = id === EXPORTS || id === CODE ? reader.unsigned() : 0;
    for (let i = 0; i < count; i++) {
      const bytes = reader.bytes(reader.unsigned());
      if (id === CODE) sizes.push(bytes.length);
      else {
        names.push(String.fromCharCode(...bytes));
        reader.byte();
        reader.unsigned();
      }
    }
    reader.at = end;
  }
  return sizes.map((bytes, i) => ({ name: names[i], bytes }));
}

/** Reads the numbers of the binary format one after another. */
class Reader {
  at: number;
  readonly #module: Uint8Array;

  constructor(module: Uint8Array, at: number) {
    this.#module = module;
    this.at = at;
  }

  get atEnd(): boolean {
    return this.at >= this.#module.length;
  }

  byte(): number {
    return this.#module[this.at++];
  }

  bytes(length: number): Uint8Array {
    this.at += length;
    return this.#module.subarray(this.at - length, this.at);
  }

  /** LEB128: seven bits a byte, the lowest first. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
