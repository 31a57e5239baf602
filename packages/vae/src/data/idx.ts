// The IDX format of MNIST: unsigned bytes in any number of dimensions behind a header of 4 + 4 * rank bytes.

import { ArgumentError, formatShape, ShapeError } from "@elbo/tensor";
import { DataError } from "./errors.js";

/** What an IDX file holds. */
export interface IdxFile {
  readonly shape: number[];
  /** Row-major; a window on the bytes that were parsed, not a copy. */
  readonly data: Uint8Array;
}

const unsignedByte = 0x08;

const elementTypes: ReadonlyMap<number, string> = new Map([
  [unsignedByte, "unsigned byte"],
  [0x09, "signed byte"],
  [0x0b, "16-bit integer"],
  [0x0c, "32-bit integer"],
  [0x0d, "32-bit float"],
  [0x0e, "64-bit float"],
]);

/**
 * Reads an IDX file of unsigned bytes: `0, 0, type, rank`, then `rank` lengths as big-endian 32-bit integers, then the
 * elements in row-major order. The lengths must account for every byte of the file.
 *
 * @param bytes the whole file
 * @param name what messages call it
 * @returns the shape, `[60000, 28, 28]` for MNIST's training images, and the elements, 0..255
 * @throws DataError where the bytes are no such file: another format, another element type, truncated, too long
 * @see Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", section "File formats"
 * @example parseIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), "labels").data // [7, 9]
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxFile {
  const fail = (what: string): DataError => new DataError(`${name}: ${what}`);

  if (bytes.length < 4) {
    throw fail(`${bytes.length} bytes are too few for an IDX header; the file is truncated, fetch it again.`);
  }
  const type = bytes[2];
  const rank = bytes[3];
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw fail(`${looksLike(bytes)}; an IDX file starts with the bytes 0, 0, 8 and its rank.`);
  }
  if (type !== unsignedByte) {
    const found = elementTypes.get(type) ?? `unknown (code ${type})`;
    throw fail(`the elements are of type ${found}; only unsigned bytes (code ${unsignedByte}) are read.`);
  }
  if (rank === 0) throw fail(`the header gives rank 0; an IDX file of images has rank 3, one of labels rank 1.`);

  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    throw fail(`${bytes.length} bytes are too few for an IDX header of rank ${rank}, which takes ${start}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const promised = `header promises ${shape.join(" x ")} bytes`;
  const size = countBytes(shape);
  if (size === undefined) throw fail(`${promised}, more than any file holds; the header is damaged.`);
  const held = bytes.length - start;
  if (held < size) throw fail(`${promised}, the file holds ${held} of them; nothing was read.`);
  if (held > size) throw fail(`${promised}, the file holds ${held - size} more than that; nothing was read.`);
  return { shape, data: bytes.subarray(start) };
}

/**
 * The bytes of an IDX file that holds `data` in this shape; the inverse of {@link parseIdx}.
 *
 * @param shape 1 to 255 axes, outermost first
 * @param data the elements in row-major order, as many as the product of the shape
 * @throws ArgumentError where the format cannot hold the shape
 * @throws ShapeError where `data` does not fill it
 * @example writeIdx([2], new Uint8Array([7, 9])) // 0 0 8 1  0 0 0 2  7 9
 */
export function writeIdx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const facts = { op: "writeIdx", shapes: [shape] };
  const valid = shape.every((length) => Number.isInteger(length) && length >= 0 && length < 2 ** 32);
  if (!valid || shape.length === 0 || shape.length > 255) {
    throw new ArgumentError(`IDX holds 1 to 255 axes of whole lengths below 2^32, not ${formatShape(shape)}`, facts);
  }
  if (countBytes(shape) !== data.length) {
    throw new ShapeError(`${data.length} bytes do not fill shape ${formatShape(shape)}`, facts);
  }
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.length);
  bytes.set([0, 0, unsignedByte, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [axis, length] of shape.entries()) view.setUint32(4 + 4 * axis, length);
  bytes.set(data, start);
  return bytes;
}

/** The product of the lengths; undefined where doubles do not hold it exactly, whether or not another axis is 0. */
function countBytes(shape: readonly number[]): number | undefined {
  let product = 1;
  for (const length of shape) {
    if (length > 0) product *= length;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return shape.includes(0) ? 0 : product;
}

const signatures: readonly (readonly [start: readonly number[], meaning: string])[] = [
  [[0x1f, 0x8b], "is gzip-compressed; unpack it first"],
  [[0x89, 0x50, 0x4e, 0x47], "is a PNG image"],
  [[0xff, 0xd8, 0xff], "is a JPEG image"],
  [[0x50, 0x4b, 0x03, 0x04], "is a zip archive; unpack it first"],
  [[0x93, 0x4e, 0x55, 0x4d], "is a NumPy array (.npy)"],
];

/** Says what a file that is not IDX is instead, from its first bytes. */
function looksLike(bytes: Uint8Array): string {
  const known = signatures.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (known) return known[1];
  const head = bytes.subarray(0, 64);
  if (head.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127))) {
    return head[0] === 0x3c ? "is a web page (the download went wrong?)" : "is a text file";
  }
  return `starts with the bytes ${[...bytes.subarray(0, 4)].join(", ")}`;
}
