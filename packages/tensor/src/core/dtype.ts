// The kinds of numbers a tensor holds, and which kind two of them make together.

import { AllocationError, ArgumentError, DTypeError } from "./errors.js";

/** float32 computes; float64 checks it; int32 indexes. */
export type DType = "float32" | "float64" | "int32";

/** The flat storage behind a tensor. */
export type Storage = Float32Array | Float64Array | Int32Array;

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/**
 * Fresh storage of `size` zeros.
 * @throws DTypeError for a dtype that there is not, AllocationError with the bytes where the memory is not to be had
 */
export function allocate(dtype: DType, size: number): Storage {
  if (!Object.hasOwn(arrays, dtype)) {
    throw new DTypeError(`there is no dtype ${JSON.stringify(dtype)}; there are ${Object.keys(arrays).join(", ")}`);
  }
  try {
    return new arrays[dtype](size);
  } catch (cause) {
    throw new AllocationError(size * arrays[dtype].BYTES_PER_ELEMENT, cause);
  }
}

/** Refuses numbers that int32 cannot hold, even truncated: NaN, and what lies beyond 32 bits. */
export function requireInt32(op: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    const whole = Math.trunc(values[i]);
    if (!(whole >= -(2 ** 31) && whole < 2 ** 31)) {
      throw new ArgumentError(`int32 holds whole numbers within 32 bits, got ${values[i]}`, { op });
    }
  }
}

/** The dtype that a typed array stores. */
export function dtypeOf(storage: Storage, op?: string): DType {
  if (storage instanceof Float32Array) return "float32";
  if (storage instanceof Float64Array) return "float64";
  if (storage instanceof Int32Array) return "int32";
  throw new DTypeError("tensors are stored in a Float32Array, Float64Array or Int32Array", { op });
}

/**
 * The dtype of a result computed from operands of these dtypes: float64 as soon as one is float64, else float32.
 * int32 holds indices, which are moved and compared but not computed with; mixing them with floats is an error.
 */
export function promote(op: string, dtypes: readonly DType[]): DType {
  let result: DType | undefined;
  for (const dtype of dtypes) {
    if (result === undefined || result === dtype) result = dtype;
    else if (result === "int32" || dtype === "int32") {
      throw new DTypeError(
        `cannot mix int32 with ${result === "int32" ? dtype : result}; convert first with cast(x, "float32")`,
        { op },
      );
    } else result = "float64";
  }
  return result ?? "float32";
}

/** Refuses int32 where an operation computes. */
export function requireFloat(op: string, dtype: DType): void {
  if (dtype === "int32") throw new DTypeError(`int32 holds indices; convert first with cast(x, "float32")`, { op });
}
