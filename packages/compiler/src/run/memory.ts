// The memory of a program: one for all its variants, handed out piece by piece, never taken back.

import { AllocationError } from "@elbo/tensor";
import { type Memory, newMemory, newSharedMemory } from "@elbo/tensor/kernels";
import { CONTROL_BYTES } from "../plan/control.js";

const PAGE = 65536;
const ALIGNMENT = 64;

/** Bytes that can always be read behind the last reserved one: whole vectors are loaded at the end of an array. */
const SLACK = 64;

/** Addresses are signed 32-bit integers. */
const MOST_BYTES = 2 ** 31;

/** Views are good until the next `reserve`: growth puts another buffer in the place of the one they look at. */
export class ProgramMemory {
  readonly memory: Memory<ArrayBufferLike>;
  #used = CONTROL_BYTES;
  #views: Views | undefined;

  /** @throws AllocationError where not even the control area can be had */
  constructor({ shared }: { readonly shared: boolean }) {
    const bytes = CONTROL_BYTES + SLACK;
    try {
      this.memory = shared ? sharedMemory(bytes) : newMemory(bytes);
    } catch (cause) {
      throw new AllocationError(bytes, cause);
    }
  }

  /**
   * Bytes that are the caller's from now on, all 0: the address of the first, a multiple of 64.
   * @throws AllocationError with the bytes where they are not to be had; nothing is reserved then
   */
  reserve(bytes: number): number {
    const address = this.#used;
    const end = address + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    if (end + SLACK > MOST_BYTES) throw new AllocationError(bytes);
    const missing = Math.ceil((end + SLACK - this.memory.buffer.byteLength) / PAGE);
    try {
      if (missing > 0) this.memory.grow(missing);
    } catch (cause) {
      throw new AllocationError(bytes, cause);
    }
    this.#used = end;
    return address;
  }

  /** The whole memory as float32. */
  floats(): Float32Array<ArrayBufferLike> {
    return this.#fresh().floats;
  }

  /** The whole memory as int32. */
  ints(): Int32Array<ArrayBufferLike> {
    return this.#fresh().ints;
  }

  /** The whole memory as bytes. */
  bytes(): Uint8Array<ArrayBufferLike> {
    return this.#fresh().bytes;
  }

  #fresh(): Views {
    const { buffer } = this.memory;
    if (this.#views?.bytes.buffer !== buffer) this.#views = viewsOf(buffer);
    return this.#views;
  }
}

type Views = ReturnType<typeof viewsOf>;

const viewsOf = (buffer: ArrayBufferLike) => ({
  floats: new Float32Array(buffer),
  ints: new Int32Array(buffer),
  bytes: new Uint8Array(buffer),
});

/** A shared memory must say how large it can grow, and small devices refuse to promise much: half, then, and so on. */
function sharedMemory(bytes: number, most = MOST_BYTES): Memory<SharedArrayBuffer> {
  try {
    return newSharedMemory(bytes, most);
  } catch (cause) {
    if (most / 2 < bytes) throw cause;
    return sharedMemory(bytes, most / 2);
  }
}
