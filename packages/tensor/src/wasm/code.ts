// Typed pieces of WebAssembly code: expressions that know their type, statements, and where branches go.

/** The types a WebAssembly value can have here. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** Where a branch goes: the end of a block, or the start of a loop. Compared by identity. */
export interface Label {
  readonly kind: "block" | "loop";
}

/** Bytes in the making. Branches name their label; the distance to it is known once the whole body is. */
export type Code = number | { readonly branchTo: Label } | { readonly enter: Label } | "leave" | readonly Code[];

/** A piece of code that leaves one value of type `T` on the stack, or nothing at all. */
export interface Expression<T extends ValueType | "none"> {
  readonly type: T;
  readonly code: Code;
}

/** A piece of code that is run for its effect. */
export type Statement = Expression<"none">;

/** A variable of a function. */
export interface Local<T extends ValueType> extends Expression<T> {
  readonly index: number;
  set(value: Expression<T>): Statement;
  /** Sets the variable and leaves the value. */
  tee(value: Expression<T>): Expression<T>;
}

/** The variable with an index. */
export function localAt<T extends ValueType>(type: T, index: number): Local<T> {
  const [get, set, tee] = [0x20, 0x21, 0x22].map((opcode): Code => [opcode, unsigned(index)]);
  return {
    type,
    index,
    code: get,
    set: (value) => ({ type: "none", code: [value.code, set] }),
    tee: (value) => ({ type, code: [value.code, tee] }),
  };
}

/** LEB128 of a whole number of 0 or more: seven bits a byte, lowest first, the top bit set on all but the last. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

/** LEB128 of any whole number that a double holds exactly, in two's complement. */
export function signed(value: number): number[] {
  if (!Number.isSafeInteger(value)) throw new Error(`a constant is a whole number within 2^53, got ${value}`);
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const next = Math.floor(rest / 128);
    const low = rest - 128 * next;
    // Done where what is left is nothing but copies of this group's sign bit.
    if ((next === 0 && low < 64) || (next === -1 && low >= 64)) return [...bytes, low];
    bytes.push(low | 128);
    rest = next;
  }
}

/** The four bytes of a float32, lowest first. */
export const float32Bytes = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)];

/** Bytes written one after the other. */
export class Bytes {
  #bytes = new Uint8Array(4096);
  #length = 0;

  push(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  append(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  /** What was written so far. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}

/** The bytes of a body: branches become the number of constructs between them and their label. */
export function assemble(body: readonly Code[]): Uint8Array<ArrayBuffer> {
  const bytes = new Bytes();
  const open: Label[] = [];
  // Code can be nested deeper than a call stack: the lists that are being written, and how far each is.
  const lists: (readonly Code[])[] = [body];
  const places = [0];
  while (lists.length > 0) {
    const top = lists.length - 1;
    const list = lists[top];
    let at = places[top];
    // Most of a list is numbers.
    while (at < list.length && typeof list[at] === "number") bytes.push(list[at++] as number);
    if (at === list.length) {
      lists.pop();
      places.pop();
      continue;
    }
    const next = list[at] as Exclude<Code, number>;
    places[top] = at + 1;
    if (next === "leave") open.pop();
    else if ("enter" in next) open.push(next.enter);
    else if ("branchTo" in next) {
      const depth = open.length - 1 - open.lastIndexOf(next.branchTo);
      if (depth === open.length) throw new Error("a branch leaves to a label that does not enclose it");
      bytes.append(unsigned(depth));
    } else {
      lists.push(next);
      places.push(0);
    }
  }
  return bytes.written;
}
