// A WebAssembly module in the making: functions over one imported memory, and the bytes of them all.

import {
  assemble,
  Bytes,
  type Code,
  type Expression,
  type Local,
  localAt,
  type Statement,
  unsigned,
  type ValueType,
} from "./code.js";
import { v128 } from "./instructions.js";

const TYPE_BYTES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

type Locals<P extends readonly ValueType[]> = { readonly [K in keyof P]: Local<P[K]> };
type Arguments<P extends readonly ValueType[]> = { readonly [K in keyof P]: Expression<P[K]> };

/** A function of a module, to be called by others. */
export interface WasmFunction<P extends readonly ValueType[], R extends ValueType | "none"> {
  readonly name: string;
  call(...args: Arguments<P>): Expression<R>;
}

/** The statements of a function, the last of them an expression of the type of its result, if it has one. */
export type Body<R extends ValueType | "none"> = R extends "none"
  ? readonly Statement[]
  : readonly [...Statement[], Expression<R>];

/** What a body is written with: fresh variables, and constants that the engine takes for variables. */
export interface Scope {
  local<T extends ValueType>(type: T): Local<T>;
  /**
   * The 16 bytes of an array, read from a global that is never written, though it could be. V8 builds a `v128.const`
   * anew at every use, in three instructions, inside of loops too; a variable that was set from this is read in one.
   */
  hidden(lanes: Float32Array | Float64Array | Int32Array): Expression<"v128">;
}

interface Definition {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly result: ValueType | "none";
  readonly locals: readonly ValueType[];
  readonly body: readonly Code[];
}

/** The names under which a module finds its memory. */
export const MEMORY_IMPORT = { module: "elbo", name: "memory" } as const;

/** The largest memory of 32-bit addresses, in pages of 64 KiB. */
export const MOST_PAGES = 65536;

/** Collects functions; `bytes` is the module, all functions exported under their names. */
export class ModuleBuilder {
  readonly #functions: Definition[] = [];
  #count = 0;
  /** The globals by their bytes. */
  readonly #globals = new Map<string, { readonly number: number; readonly lanes: Int32Array }>();
  readonly #sharedMemory: boolean;

  constructor(options: { readonly sharedMemory?: boolean } = {}) {
    this.#sharedMemory = options.sharedMemory ?? false;
  }

  /** Defines a function. Only functions that are defined already can be called. */
  define<const P extends readonly ValueType[], R extends ValueType | "none">(
    name: string,
    params: P,
    result: R,
    body: (scope: Scope, ...args: Locals<P>) => Body<R>,
  ): WasmFunction<P, R> {
    // The number is taken before the body is written, which may define functions of its own.
    const index = this.#count++;
    const locals: ValueType[] = [];
    const scope: Scope = {
      local: (type) => localAt(type, params.length + locals.push(type) - 1),
      hidden: (lanes) => {
        const words = new Int32Array(lanes.buffer, lanes.byteOffset, 4);
        const global = this.#globals.get(words.join()) ?? { number: this.#globals.size, lanes: words };
        this.#globals.set(words.join(), global);
        return { type: "v128", code: [0x23, unsigned(global.number)] };
      },
    };
    const args = params.map((type, i) => localAt(type, i)) as unknown as Locals<P>;
    const code = body(scope, ...args).map((statement) => statement.code);
    this.#functions[index] = { name, params, result, locals, body: code };
    return {
      name,
      call: (...values) => ({ type: result, code: [values.map((value) => value.code), 0x10, unsigned(index)] }),
    };
  }

  /** The module as bytes. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const functions = this.#functions;
    // No function is called with a signature of another: so each may have a type of its own.
    const types = functions.map(({ params, result }) => [
      0x60,
      ...list(params.map((type) => [TYPE_BYTES[type]])),
      ...list(result === "none" ? [] : [[TYPE_BYTES[result]]]),
    ]);
    // The limits of the import: no least size; a shared memory must have a greatest one.
    const limits = this.#sharedMemory ? [0x03, ...unsigned(0), ...unsigned(MOST_PAGES)] : [0x00, ...unsigned(0)];
    const memoryImport = [...text(MEMORY_IMPORT.module), ...text(MEMORY_IMPORT.name), 0x02, ...limits];
    const globals = [...this.#globals.values()].map(({ lanes }) => [
      TYPE_BYTES.v128,
      0x01,
      ...assemble([v128.of(lanes).code]),
      END,
    ]);
    const module = new Bytes();
    module.append(MAGIC_AND_VERSION);
    section(module, 1, types);
    section(module, 2, [memoryImport]);
    section(
      module,
      3,
      functions.map((_, i) => unsigned(i)),
    );
    section(module, 6, globals);
    section(
      module,
      7,
      functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]),
    );
    section(module, 10, functions.map(functionBytes));
    return module.written;
  }
}

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const END = 0x0b;

/** The length of what follows, the variables, the code. */
function functionBytes({ locals, body }: Definition): Uint8Array {
  const code = assemble(body);
  const variables = list(locals.map((type) => [1, TYPE_BYTES[type]]));
  const bytes = new Bytes();
  bytes.append(unsigned(variables.length + code.length + 1));
  bytes.append(variables);
  bytes.append(code);
  bytes.push(END);
  return bytes.written;
}

/** A section: its number, its length, how many items it has, the items. */
function section(module: Bytes, id: number, items: readonly ArrayLike<number>[]): void {
  const count = unsigned(items.length);
  module.push(id);
  module.append(unsigned(items.reduce((length, item) => length + item.length, count.length)));
  module.append(count);
  for (const item of items) module.append(item);
}

/** A count, then the items. */
const list = (items: readonly (readonly number[])[]): number[] => unsigned(items.length).concat(...items);

/** A name of ASCII letters. */
const text = (name: string): number[] => list([...name].map((letter) => [letter.charCodeAt(0)]));
