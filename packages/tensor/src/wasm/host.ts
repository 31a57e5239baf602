// What the host offers of WebAssembly, as far as it is used here; undefined where there is none.

/** A memory that programs share with JavaScript. Growing it by pages of 64 KiB detaches the buffer there was. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The functions of an instance: 32-bit integers and floats in, one of them or nothing out. */
export type Exports = Readonly<Record<string, (...args: number[]) => number>>;

interface Host {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
  readonly Memory: new (limits: { initial: number; maximum?: number }) => Memory;
}

/** The host's WebAssembly. */
export const host = (globalThis as { readonly WebAssembly?: Host }).WebAssembly;

/** A memory of at least so many bytes, for programs of one's own. */
export const newMemory = (bytes: number): Memory => new host!.Memory({ initial: Math.ceil(bytes / 65536) });
