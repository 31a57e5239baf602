// The one WebAssembly memory through which eager operations pass their operands: scratch, never anyone's data.

import { AllocationError } from "../core/errors.js";
import { host, type Memory } from "./host.js";
import { MOST_PAGES } from "./module.js";

const PAGE = 65536;

let memory: Memory | undefined;
let floats = new Float32Array(0);

/** The memory itself, for programs to import. */
export function scratchMemory(): Memory {
  try {
    memory ??= new host!.Memory({ initial: 1 });
  } catch (cause) {
    throw new AllocationError(PAGE, cause);
  }
  return memory;
}

/**
 * The memory as float32, at least `bytes` long. What it held before may be overwritten by every eager operation; a view
 * taken earlier may be dead.
 * @throws AllocationError with the bytes where they are not to be had
 */
export function scratch(bytes: number): Float32Array {
  const whole = scratchMemory();
  const missing = Math.ceil((bytes - whole.buffer.byteLength) / PAGE);
  if (missing > 0) {
    if (whole.buffer.byteLength / PAGE + missing > MOST_PAGES) throw new AllocationError(bytes);
    try {
      // Some more than is asked for, so that sizes that creep up do not grow the memory every time.
      growBy(whole, missing, Math.ceil(whole.buffer.byteLength / PAGE / 4));
    } catch (cause) {
      throw new AllocationError(bytes, cause);
    }
  }
  if (floats.buffer !== whole.buffer) floats = new Float32Array(whole.buffer);
  return floats;
}

function growBy(whole: Memory, missing: number, spare: number): void {
  try {
    whole.grow(missing + spare);
  } catch {
    whole.grow(missing);
  }
}
