// The Tensor: flat storage, and the shape, strides and offset through which it is seen.

import { allocate, type DType, dtypeOf, type Storage } from "./dtype.js";
import { ArgumentError, ShapeError } from "./errors.js";
import { inspect, type NestedArray, nestedArray } from "./print.js";
import { isRowMajor, rowMajorStrides, type Shape, sizeOf } from "./shape.js";

/** Where a tensor's element [i, j, ...] lives: `storage[offset + i * strides[0] + j * strides[1] + ...]`. */
export interface Layout {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/**
 * An n-dimensional array. Immutable by convention: operations return new tensors, and views (transpose, slice,
 * broadcast, flip) share storage. Nothing needs to be disposed.
 */
export class Tensor {
  readonly storage: Storage;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;

  /** Prefer `tensor`, `zeros`, `fromTypedArray`; this constructor trusts that the layout lies inside the storage. */
  constructor(storage: Storage, layout: Layout) {
    this.storage = storage;
    this.shape = layout.shape;
    this.strides = layout.strides;
    this.offset = layout.offset;
  }

  /** A row-major tensor over storage that is exactly as long as the shape asks. */
  static dense(storage: Storage, shape: Shape): Tensor {
    if (storage.length !== sizeOf(shape)) {
      throw new ShapeError(`${storage.length} elements do not fill shape [${shape.join(", ")}]`, {
        op: "fromTypedArray",
        shapes: [shape],
      });
    }
    return new Tensor(storage, { shape, strides: rowMajorStrides(shape), offset: 0 });
  }

  get dtype(): DType {
    return dtypeOf(this.storage);
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** True where the elements lie row-major and without gaps. */
  get isContiguous(): boolean {
    return isRowMajor(this.shape, this.strides);
  }

  /**
   * The elements in row-major order. A live window on the storage where the tensor is contiguous (treat it as
   * read-only), a fresh copy where it is a strided view.
   */
  get data(): Storage {
    const { storage, offset, size } = this;
    if (this.isContiguous) {
      return offset === 0 && size === storage.length ? storage : storage.subarray(offset, offset + size);
    }
    return copyElements(this, allocate(this.dtype, size));
  }

  /** The elements as nested arrays; a plain number for a scalar. */
  toArray(): NestedArray {
    return nestedArray(this.data, this.shape);
  }

  /** The one element of a tensor of size 1. Throws a ShapeError for any other size. */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(`needs a tensor of one element, this one is [${this.shape.join(", ")}]; use toArray()`, {
        op: "item",
        shapes: [this.shape],
      });
    }
    return this.storage[this.offset];
  }

  toString(): string {
    return inspect(this);
  }

  toJSON(): NestedArray {
    return this.toArray();
  }

  get [Symbol.toStringTag](): string {
    return "Tensor";
  }

  /** What `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return inspect(this);
  }

  /** Refuses `a + b` and `${a}` with arrays of many elements, which would silently become text. */
  [Symbol.toPrimitive](hint: string): string | number {
    if (hint === "string") return inspect(this);
    if (this.size === 1) return this.item();
    throw new ArgumentError(`JavaScript's operators do not work on tensors; use add(a, b), mul(a, b), ...`, {
      op: "operator",
      shapes: [this.shape],
    });
  }
}

/** Copies the elements of `source`, in row-major order, into `target` from `start` on; returns `target`. */
export function copyElements<S extends Storage>(source: Tensor, target: S, start = 0): S {
  const { storage, shape, strides } = source;
  const size = source.size;
  if (size === 0) return target;
  if (source.isContiguous) {
    target.set(storage.subarray(source.offset, source.offset + size), start);
    return target;
  }
  const last = shape.length - 1;
  const length = shape[last];
  const step = strides[last];
  let out = start;
  forEachOffset(shape.slice(0, -1), [strides], [source.offset], (offsets) => {
    for (let i = 0, at = offsets[0]; i < length; i++, at += step) target[out++] = storage[at];
  });
  return target;
}

/**
 * Walks the index space of `shape` in row-major order and hands out the storage offset of each operand. The strides
 * may be longer than the shape: only the leading axes are walked. The array of offsets is reused between calls.
 */
export function forEachOffset(
  shape: Shape,
  strides: readonly Shape[],
  starts: readonly number[],
  visit: (offsets: readonly number[], ordinal: number) => void,
): void {
  const rank = shape.length;
  const count = sizeOf(shape);
  const index = new Int32Array(rank);
  const offsets = [...starts];
  for (let ordinal = 0; ordinal < count; ordinal++) {
    visit(offsets, ordinal);
    for (let axis = rank - 1; axis >= 0; axis--) {
      index[axis]++;
      if (index[axis] < shape[axis]) {
        for (let k = 0; k < offsets.length; k++) offsets[k] += strides[k][axis];
        break;
      }
      index[axis] = 0;
      for (let k = 0; k < offsets.length; k++) offsets[k] -= strides[k][axis] * (shape[axis] - 1);
    }
  }
}
