// The kinds of numbers a tensor holds, and which kind two of them make together.

import { DTypeError } from "./errors.js";

/** float32 computes; float64 checks it; int32 indexes. */
export type DType = "float32" | "float64" | "int32";

/** The flat storage behind a tensor. */
export type Storage = Float32Array | Float64Array | Int32Array;

/** Fresh storage of `size` zeros. */
export function allocate(dtype: DType, size: number): Storage {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "float64":
      return new Float64Array(size);
    case "int32":
      return new Int32Array(size);
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
