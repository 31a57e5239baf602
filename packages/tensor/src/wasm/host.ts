// What the host offers of WebAssembly, as far as it is used here; undefined where there is none.

/**
 * A memory that programs share with JavaScript. Growing it by pages of 64 KiB detaches the buffer there was; one that
 * threads share leaves the old buffer as it is, short.
 */
export interface Memory<B extends ArrayBufferLike = ArrayBuffer> {
  readonly buffer: B;
  grow(pages: number): number;
}

/** The functions of an instance: 32-bit integers and floats in, one of them or nothing out. */
export type Exports = Readonly<Record<string, (...args: number[]) => number>>;

interface Host {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
  readonly Memory: {
    new (limits: { initial: number; maximum?: number }): Memory;
    new (limits: { initial: number; maximum: number; shared: true }): Memory<SharedArrayBuffer>;
  };
}

/** The host's WebAssembly. */
export const host = (globalThis as { readonly WebAssembly?: Host }).WebAssembly;

const pages = (bytes: number): number => Math.ceil(bytes / 65536);

/** A memory of at least so many bytes, for programs of one's own. */
export const newMemory = (bytes: number): Memory => new host!.Memory({ initial: pages(bytes) });

/** A memory of at least so many bytes that threads can share; it can grow to `most` bytes. */
export const newSharedMemory = (bytes: number, most: number): Memory<SharedArrayBuffer> =>
  new host!.Memory({ initial: pages(bytes), maximum: pages(most), shared: true });
