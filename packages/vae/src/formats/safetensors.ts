// The safetensors format: an 8-byte header length, a JSON header, and the tensors' bytes without gaps.

import { allocate, ArgumentError, type DType, formatShape, fromTypedArray, type Tensor } from "@elbo/tensor";
import { DataError } from "../data/errors.js";

/** What a safetensors file holds. */
export interface SafetensorsFile {
  readonly tensors: Record<string, Tensor>;
  readonly metadata: Record<string, string>;
}

/** One tensor of the header: its bytes are `begin` to `end`, counted from the end of the header. */
interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const codes: Readonly<Record<DType, string>> = { float32: "F32", float64: "F64", int32: "I32" };
const widths: Readonly<Record<DType, number>> = { float32: 4, float64: 8, int32: 4 };
const dtypes: ReadonlyMap<unknown, DType> = new Map([
  ["F32", "float32"],
  ["F64", "float64"],
  ["I32", "int32"],
]);

const metadataKey = "__metadata__";
/** The reference implementation's limit, in bytes. */
const maxHeader = 100_000_000;
/** NumPy's limit. */
const maxRank = 64;

const truncated = "the file is truncated or was not written completely; use another checkpoint.";
const damaged = "the file is damaged or is no safetensors file; use another checkpoint.";

/**
 * The bytes of a safetensors file: the length of the header (64-bit, little-endian), the header as JSON, padded with
 * spaces to a multiple of 8, then every tensor in row-major order. Wider elements come first, then names decide, so
 * every tensor is aligned and equal contents give equal bytes whatever the order of insertion.
 *
 * @param tensors by name; any shapes, float32 (F32), float64 (F64) or int32 (I32)
 * @param metadata strings that travel in the header
 * @throws ArgumentError for the names `__metadata__` and `__proto__`, and names or metadata that are not Unicode strings
 * @see https://github.com/huggingface/safetensors#format
 * @example writeSafetensors({ weight: ones([2, 3]) }, { step: "100" })
 */
export function writeSafetensors(tensors: Record<string, Tensor>, metadata: Record<string, string> = {}): Uint8Array {
  const fail = (what: string): ArgumentError => new ArgumentError(what, { op: "writeSafetensors" });

  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, value] of texts) {
    const fault = faultOfName(key) ?? (typeof value === "string" ? faultOfText(value) : "is not a string");
    if (fault !== undefined) throw fail(`metadata ${quote(key)} ${fault}`);
  }
  const named = Object.entries(tensors).sort(([a, x], [b, y]) => widths[y.dtype] - widths[x.dtype] || (a < b ? -1 : 1));
  const fields = texts.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const members = fields.length === 0 ? [] : [`"${metadataKey}":{${fields.join(",")}}`];
  let size = 0;
  for (const [name, { dtype, shape, size: count }] of named) {
    const fault = faultOfName(name);
    if (fault !== undefined) throw fail(`tensor ${quote(name)} ${fault}`);
    const entry = { dtype: codes[dtype], shape, data_offsets: [size, size + count * widths[dtype]] };
    members.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    size = entry.data_offsets[1];
  }

  // Put together by hand: an object of JavaScript would move names like "0" to the front.
  const text = new TextEncoder().encode(`{${members.join(",")}}`);
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, start);
  let at = start;
  for (const [, tensor] of named) {
    const { data } = tensor;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    swapUnlessLittleEndian(bytes.subarray(at, at + data.byteLength), data.BYTES_PER_ELEMENT);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file, written here or elsewhere, into fresh row-major tensors. Nothing is believed: every number
 * of the header is checked against the bytes that are there before it is used.
 *
 * @param bytes the whole file
 * @param name what messages call it
 * @returns the tensors in the order of their bytes, and the metadata (empty where the file has none)
 * @throws DataError that names the file and the tensor: truncated or trailing bytes, a header that is no JSON, fields
 *   missing, a name given twice, a dtype other than F32, F64 and I32, offsets that overlap, leave holes or do not fit
 *   the shape
 * @see https://github.com/huggingface/safetensors#format
 * @example readSafetensors(writeSafetensors({ bias: zeros([20]) }), "bias.safetensors").tensors.bias.shape // [20]
 */
export function readSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const { [metadataKey]: extra, ...described } = readHeader(bytes, name);
  const metadata = extra === undefined ? {} : readMetadata(extra, name);
  const entries = Object.entries(described)
    .map(([tensor, value]) => readEntry(tensor, value, name))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);

  const data = bytes.subarray(headerEnd(bytes));
  checkTiling(entries, data.length, name);
  const tensors: Record<string, Tensor> = {};
  for (const { name: tensor, dtype, shape, begin, end } of entries) {
    const storage = allocate(dtype, (end - begin) / widths[dtype]);
    const raw = new Uint8Array(storage.buffer);
    raw.set(data.subarray(begin, end));
    swapUnlessLittleEndian(raw, widths[dtype]);
    tensors[tensor] = fromTypedArray(storage, shape);
  }
  return { tensors, metadata };
}

/** Where the header ends, by the length that the file itself gives; exact as far as files reach. */
function headerEnd(bytes: Uint8Array): number {
  return 8 + Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
}

function readHeader(bytes: Uint8Array, file: string): Record<string, unknown> {
  const fail = (what: string, cause?: unknown): DataError => new DataError(`${file}: ${what}`, { cause });

  if (bytes.length < 8) throw fail(`${bytes.length} bytes are too few for a header; ${truncated}`);
  const end = headerEnd(bytes);
  if (end > bytes.length)
    throw fail(`the header takes ${end - 8} bytes, the file has ${bytes.length - 8}; ${truncated}`);
  if (end - 8 > maxHeader) throw fail(`a header of ${end - 8} bytes is beyond the format's ${maxHeader}; ${damaged}`);
  let text: string;
  let header: unknown;
  try {
    // A byte order mark would be no JSON; ignoreBOM keeps it in the text, where JSON.parse trips over it.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, end));
    header = JSON.parse(text);
  } catch (cause) {
    throw fail(`the header is not valid JSON; ${damaged}`, cause);
  }
  if (!isObject(header) || !text.startsWith("{")) throw fail(`the header is not a JSON object; ${damaged}`);
  const twice = repeatedKey(text);
  if (twice !== undefined) throw fail(`the header gives ${quote(twice)} twice; ${damaged}`);
  return header;
}

function readMetadata(value: unknown, file: string): Record<string, string> {
  const fail = (what: string): DataError => new DataError(`${file}: ${what}; ${damaged}`);

  if (!isObject(value)) throw fail(`${metadataKey} is ${quote(value)}, not an object of strings`);
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    const fault = faultOfName(key) ?? (typeof text === "string" ? undefined : "is not a string");
    if (fault !== undefined) throw fail(`metadata ${quote(key)} ${fault}`);
    metadata[key] = text as string;
  }
  return metadata;
}

function readEntry(name: string, value: unknown, file: string): Entry {
  const fail = (what: string): DataError => new DataError(`${file}: tensor ${quote(name)} ${what}`);

  const fault = faultOfName(name);
  if (fault !== undefined) throw fail(`${fault}; ${damaged}`);
  if (!isObject(value)) throw fail(`is described by ${quote(value)}, not by an object; ${damaged}`);
  const missing = ["dtype", "shape", "data_offsets"].find((field) => !Object.hasOwn(value, field));
  if (missing !== undefined) throw fail(`has no ${missing}; ${damaged}`);

  const { dtype: code, shape, data_offsets: offsets } = value;
  const dtype = dtypes.get(code);
  if (dtype === undefined) throw fail(`has dtype ${quote(code)}; only F32, F64 and I32 are read, convert it first.`);
  if (!isWholeNumbers(shape) || shape.length > maxRank) {
    throw fail(`has shape ${quote(shape)}; a shape is up to ${maxRank} whole numbers of 0 or more; ${damaged}`);
  }
  if (!isWholeNumbers(offsets) || offsets.length !== 2) {
    throw fail(`has data_offsets ${quote(offsets)}; they are two whole numbers of 0 or more; ${damaged}`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw fail(`begins at byte ${begin} and ends at ${end}; ${damaged}`);
  const size = countBytes(shape, widths[dtype]);
  if (size === undefined) throw fail(`has shape ${formatShape(shape)}, more than any file holds; ${damaged}`);
  if (size !== end - begin) {
    throw fail(`of shape ${formatShape(shape)} takes ${size} bytes, its data_offsets span ${end - begin}; ${damaged}`);
  }
  return { name, dtype, shape, begin, end };
}

/** Holds the entries, ordered by their offsets, to filling the data: no overlaps, no holes, nothing after the last. */
function checkTiling(entries: readonly Entry[], length: number, file: string): void {
  const fail = (what: string): DataError => new DataError(`${file}: ${what}`);

  let filled = 0;
  let last = "the header";
  for (const { name, begin, end } of entries) {
    const tensor = `tensor ${quote(name)}`;
    if (begin < filled) throw fail(`${tensor} begins at byte ${begin}, inside ${last}; ${damaged}`);
    if (begin > filled) throw fail(`${tensor} begins at byte ${begin}, ${last} ends at ${filled}; ${damaged}`);
    if (end > length) throw fail(`${tensor} ends at byte ${end}, the file holds ${length} of data; ${truncated}`);
    filled = end;
    last = tensor;
  }
  if (filled < length) throw fail(`${length - filled} bytes come after ${last}, where the file should end; ${damaged}`);
}

/** Why a tensor or a metadata entry cannot be called so; undefined where it can. */
function faultOfName(name: string): string | undefined {
  if (name === metadataKey) return "has the name of the metadata; choose another";
  if (name === "__proto__") return "has a name that no object may have; choose another";
  return faultOfText(name);
}

/** JSON can spell half of a surrogate pair, UTF-8 and most readers cannot. */
function faultOfText(text: string): string | undefined {
  return /\p{Surrogate}/u.test(text) ? "is not valid Unicode: it holds half of a surrogate pair" : undefined;
}

/** The product of the lengths times the width; undefined where doubles do not hold it, whether or not an axis is 0. */
function countBytes(shape: readonly number[], width: number): number | undefined {
  let product = width;
  for (const length of shape) {
    if (length > 0) product *= length;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return shape.includes(0) ? 0 : product;
}

/**
 * A key that one object gives twice, which JSON.parse passes over in silence. Looks at the header's two levels, names
 * and fields; deeper ones are not read. Expects valid JSON.
 */
function repeatedKey(json: string): string | undefined {
  const seen = [new Set<string>(), new Set<string>(), new Set<string>()];
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (char === "{" || char === "[") seen[++depth]?.clear();
    else if (char === "}" || char === "]") depth--;
    else if (char === '"') {
      const start = i;
      for (i++; json[i] !== '"'; i++) if (json[i] === "\\") i++;
      let next = i + 1;
      while (" \t\n\r".includes(json[next] ?? "end")) next++;
      const keys = seen[depth];
      if (json[next] !== ":" || keys === undefined) continue;
      const key = JSON.parse(json.slice(start, i + 1)) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isWholeNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0 && !Object.is(item, -0));

/** A value of the header as messages show it: JSON on one line, cut where it grows long or deep. */
function quote(value: unknown): string {
  const shallow = (_: string, inner: unknown): unknown =>
    typeof inner === "object" && inner !== null && inner !== value ? "..." : inner;
  const text = JSON.stringify(value, shallow).replace(/\p{C}|\p{Zl}|\p{Zp}/gu, "?");
  return text.length > 80 ? `${text.slice(0, 76)} ...` : text;
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Turns elements between the machine's byte order and the file's; on nearly every machine they are the same. */
function swapUnlessLittleEndian(bytes: Uint8Array, width: number): void {
  if (littleEndian) return;
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
