// How a tensor looks as text: NumPy's layout, aligned columns, long axes shortened to their edges.

import type { DType, Storage } from "./dtype.js";
import type { Shape } from "./shape.js";

/** Nested arrays of numbers, as `toArray` gives and `tensor` takes. */
export type NestedArray = number | readonly NestedArray[];

/** What printing needs to know of a tensor. */
interface Printable {
  readonly storage: Storage;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
  readonly ndim: number;
  readonly size: number;
}

/** Above this many elements only the edges of each axis are shown. */
const SUMMARIZE_ABOVE = 1000;
const EDGE = 3;
const SIGNIFICANT = 6;

/** Row-major elements as nested arrays. */
export function nestedArray(data: Storage, shape: Shape, axis = 0, start = 0): NestedArray {
  if (axis === shape.length) return data[start];
  const length = shape[axis];
  let step = 1;
  for (let rest = axis + 1; rest < shape.length; rest++) step *= shape[rest];
  return Array.from({ length }, (_, i) => nestedArray(data, shape, axis + 1, start + i * step));
}

/** The text of a tensor, such as `Tensor [2, 2] float32` with its rows below. */
export function inspect(tensor: Printable): string {
  const { shape, dtype } = tensor;
  const head = `Tensor [${shape.join(", ")}]${dtype === "float32" ? "" : ` ${dtype}`}`;
  if (tensor.size === 0) return `${head} []`;
  const shorten = tensor.size > SUMMARIZE_ABOVE;
  const format = formatter(shownElements(tensor, shorten));
  const body = block(tensor, format, shorten, 0, tensor.offset, 1);
  return shape.length === 0 ? `${head} ${body.trim()}` : `${head}\n${body}`;
}

/** The positions shown along an axis; -1 stands for the ellipsis. */
function positions(length: number, shorten: boolean): number[] {
  if (!shorten || length <= 2 * EDGE + 1) return Array.from({ length }, (_, i) => i);
  const head = Array.from({ length: EDGE }, (_, i) => i);
  const tail = Array.from({ length: EDGE }, (_, i) => length - EDGE + i);
  return [...head, -1, ...tail];
}

function shownElements(tensor: Printable, shorten: boolean, axis = 0, offset = tensor.offset): number[] {
  if (axis === tensor.ndim) return [tensor.storage[offset]];
  return positions(tensor.shape[axis], shorten).flatMap((i) =>
    i < 0 ? [] : shownElements(tensor, shorten, axis + 1, offset + i * tensor.strides[axis]),
  );
}

function block(
  tensor: Printable,
  format: (x: number) => string,
  shorten: boolean,
  axis: number,
  offset: number,
  indent: number,
): string {
  if (axis === tensor.ndim) return format(tensor.storage[offset]);
  const step = tensor.strides[axis];
  const parts = positions(tensor.shape[axis], shorten).map((i) =>
    i < 0 ? "..." : block(tensor, format, shorten, axis + 1, offset + i * step, indent + 1),
  );
  const depth = tensor.ndim - axis;
  const separator = depth === 1 ? ", " : `,${"\n".repeat(depth - 1)}${" ".repeat(indent)}`;
  return `[${parts.join(separator)}]`;
}

/** One format for all shown numbers: integers plain, else up to six significant digits, padded to one width. */
function formatter(shown: readonly number[]): (x: number) => string {
  const finite = shown.filter(Number.isFinite);
  const largest = Math.max(0, ...finite.map(Math.abs));
  const smallest = Math.min(Infinity, ...finite.map(Math.abs).filter((x) => x > 0));
  const whole = finite.every((x) => Number.isInteger(x)) && largest < 1e8;
  const scientific = !whole && (largest >= 1e8 || smallest < 1e-4);
  const digits = whole
    ? 0
    : Math.max(0, Math.min(SIGNIFICANT - 1, SIGNIFICANT - 1 - Math.floor(Math.log10(largest || 1))));
  const text = (x: number): string => {
    if (Number.isNaN(x)) return "NaN";
    if (!Number.isFinite(x)) return x > 0 ? "Infinity" : "-Infinity";
    if (scientific) return x.toExponential(4);
    return whole ? String(x === 0 ? 0 : x) : x.toFixed(digits);
  };
  const texts = shown.map(text);
  const common = whole || scientific ? 0 : Math.min(...finite.map((x) => trailingZeros(text(x))));
  const trim = (x: number): string => (common > 0 && Number.isFinite(x) ? text(x).slice(0, -common) : text(x));
  const width = Math.max(...texts.map((t, i) => (Number.isFinite(shown[i]) ? t.length - common : t.length)));
  return (x) => trim(x).padStart(width);
}

/** How many of the last decimals could go, keeping at least one. */
function trailingZeros(text: string): number {
  const point = text.indexOf(".");
  if (point < 0) return 0;
  let zeros = 0;
  while (zeros < text.length - point - 2 && text[text.length - 1 - zeros] === "0") zeros++;
  return zeros;
}
