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
/** A number shows at most so many significant digits; the smallest of a fixed format at least two. */
const SIGNIFICANT = 6;
/** Longer rows go on in the next line. */
const LINE = 80;

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
  const format = formatter(shownElements(tensor, shorten), dtype);
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
  if (depth === 1) return `[${wrapped(parts, indent)}]`;
  return `[${parts.join(`,${"\n".repeat(depth - 1)}${" ".repeat(indent)}`)}]`;
}

/** A row over as many lines as it needs, each with as many numbers as fit. */
function wrapped(parts: readonly string[], indent: number): string {
  const perLine = Math.max(1, Math.floor((LINE - indent) / (Math.max(0, ...parts.map((part) => part.length)) + 2)));
  const lines = Array.from({ length: Math.ceil(parts.length / perLine) }, (_, i) =>
    parts.slice(i * perLine, (i + 1) * perLine).join(", "),
  );
  return lines.join(`,\n${" ".repeat(indent)}`);
}

/**
 * One format for all shown numbers, padded to one width: whole numbers plain, else as many decimals as give the largest
 * six significant digits, without zeros at the end that all of them share. Scientific where that would leave the
 * smallest less than two digits.
 */
function formatter(shown: readonly number[], dtype: DType): (x: number) => string {
  const finite = shown.filter(Number.isFinite);
  const sizes = finite.map(Math.abs).filter((x) => x > 0);
  const largest = Math.max(0, ...sizes);
  const smallest = Math.min(Infinity, ...sizes);
  const whole = dtype === "int32" || (finite.every(Number.isInteger) && largest < 1e8);
  const scientific =
    !whole && (largest >= 10 ** SIGNIFICANT || smallest < 1e-4 || largest / smallest > 10 ** (SIGNIFICANT - 2));
  const digits = Math.max(0, SIGNIFICANT - 1 - (largest === 0 ? 0 : exponentOf(largest)));
  const text = (x: number): string => {
    if (!Number.isFinite(x)) return String(x);
    if (scientific) return x.toExponential(SIGNIFICANT - 1);
    return whole ? String(x === 0 ? 0 : x) : x.toFixed(digits);
  };
  const spare = Math.min(...finite.map((x) => spareZeros(text(x), scientific ? 0 : 1)));
  const trimmed = (x: number): string => {
    const [mantissa, exponent] = text(x).split("e") as [string, string | undefined];
    if (!Number.isFinite(x) || whole) return mantissa;
    const kept = mantissa.slice(0, mantissa.length - spare).replace(/\.$/, "");
    return exponent === undefined ? kept : `${kept}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  };
  const width = Math.max(...shown.map((x) => trimmed(x).length));
  return (x) => trimmed(x).padStart(width);
}

/** The decimal exponent of a positive number, once it is rounded to the digits that are shown. */
const exponentOf = (x: number): number => Number(x.toExponential(SIGNIFICANT - 1).split("e")[1]);

/** How many of the last decimals are zeros that could go, keeping at least `keep` decimals. */
function spareZeros(text: string, keep: number): number {
  const decimals = /\.(\d*)/.exec(text)?.[1] ?? "";
  return Math.min(/0*$/.exec(decimals)![0].length, Math.max(0, decimals.length - keep));
}
