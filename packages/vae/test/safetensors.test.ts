// safetensors: round trips, every kind of damage, and what the messages say.

import { allocate, ArgumentError, type DType, ones, Tensor, zeros } from "@elbo/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../src/data/errors.js";
import { readSafetensors, writeSafetensors } from "../src/formats/safetensors.js";

/** Any layout: strides of either sign or 0, overlapping or not, any offset, axes of length 0. */
const views: fc.Arbitrary<Tensor> = fc
  .record({
    dtype: fc.constantFrom<DType>("float32", "float64", "int32"),
    axes: fc.array(fc.record({ length: fc.nat(4), stride: fc.integer({ min: -5, max: 5 }) }), { maxLength: 4 }),
    lead: fc.nat(3),
    seed: fc.integer(),
    special: fc.constantFrom(0, -0, NaN, Infinity, -Infinity),
  })
  .map(({ dtype, axes, lead, seed, special }) => {
    const reach = (sign: number) =>
      axes.reduce((sum, { length, stride }) => sum + Math.max(0, sign * stride) * Math.max(0, length - 1), 0);
    const offset = lead + reach(-1);
    const storage = allocate(dtype, offset + reach(1) + 1);
    for (let i = 0; i < storage.length; i++) storage[i] = Math.sin(seed + i) * 2 ** 31;
    storage[offset] = special;
    return new Tensor(storage, {
      shape: axes.map(({ length }) => length),
      strides: axes.map(({ stride }) => stride),
      offset,
    });
  });

const names = fc
  .oneof(
    fc.string({ maxLength: 6 }),
    fc.string({ unit: "grapheme", maxLength: 4 }),
    fc.constantFrom("0", "10", "a.b", ""),
  )
  .filter((name) => name !== "__proto__" && name !== "__metadata__");

/** Records with distinct names; no prototype is in the way, whatever the names. */
const recordsOf = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(names, values, { maxKeys: 5, noNullPrototype: true });

const contents = (tensors: Record<string, Tensor>): Map<string, unknown> =>
  new Map(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape: [...shape], data: [...data] },
    ]),
  );

/** A file with this header, however wrong, and so many bytes of data. */
function fileOf(header: string | object, size = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (shape: readonly number[], begin: number, end: number, dtype = "F32"): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

/** The message with which these bytes are refused. */
function refusal(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, "m.safetensors");
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    const { message } = error as DataError;
    expect(message).toMatch(/^m\.safetensors: [^\p{Cc}\u2028\u2029]+$/u);
    return message;
  }
  throw new Error("was read");
}

describe("safetensors", () => {
  test("what is written is read, whatever the strides", () => {
    fc.assert(
      fc.property(
        recordsOf(views),
        recordsOf(fc.string({ unit: "grapheme" })),
        fc.nat(7),
        (tensors, metadata, lead) => {
          const bytes = writeSafetensors(tensors, metadata);
          const larger = new Uint8Array(lead + bytes.length + 3); // reading must not depend on alignment
          larger.set(bytes, lead);
          const back = readSafetensors(larger.subarray(lead, lead + bytes.length), "x");
          expect(contents(back.tensors)).toEqual(contents(tensors));
          expect(new Map(Object.entries(back.metadata))).toEqual(new Map(Object.entries(metadata)));
          expect(Object.values(back.tensors).every((tensor) => tensor.isContiguous)).toBe(true);
          expect(writeSafetensors(back.tensors, back.metadata)).toEqual(bytes);
        },
      ),
    );
  });

  test("the bytes are those of the format", () => {
    const bytes = writeSafetensors({ test: zeros([2, 2], { dtype: "int32" }) });
    const header = '{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}';
    expect(header.length).toBe(60); // so 4 spaces follow
    expect(bytes).toEqual(
      Uint8Array.from([64, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(`${header}    `), ...new Uint8Array(16)]),
    );
    const floats = writeSafetensors({ one: ones([]), half: Tensor.dense(new Float64Array([0.5]), [1]) });
    expect([...floats.subarray(-12)]).toEqual([0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0, 0, 0x80, 0x3f]);
  });

  test("the order of insertion does not show in the bytes, and every tensor is aligned", () => {
    fc.assert(
      fc.property(recordsOf(views), recordsOf(fc.string()), (tensors, metadata) => {
        const turned = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).reverse());
        const bytes = writeSafetensors(tensors, metadata);
        expect(writeSafetensors(turned(tensors), turned(metadata))).toEqual(bytes);
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        expect(length % 8).toBe(0);
        const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
          string,
          { dtype: string; data_offsets: [number, number] }
        >;
        for (const [name, { dtype, data_offsets }] of Object.entries(header)) {
          if (name !== "__metadata__") expect(data_offsets[0] % (dtype === "F64" ? 8 : 4)).toBe(0);
        }
      }),
    );
  });

  test("no part of a file and nothing longer than it is read", () => {
    fc.assert(
      fc.property(recordsOf(views), fc.uint8Array({ minLength: 1, maxLength: 9 }), (tensors, tail) => {
        const bytes = writeSafetensors(tensors, { step: "1" });
        for (let length = 0; length < bytes.length; length++) refusal(bytes.subarray(0, length));
        refusal(Uint8Array.from([...bytes, ...tail]));
      }),
      { numRuns: 30 },
    );
  });

  test("a damaged header is read as what it then says, or is a DataError", () => {
    const changes = fc.array(
      fc.record({ at: fc.nat(), byte: fc.oneof(fc.nat(255), fc.integer({ min: 32, max: 126 })) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(recordsOf(views), changes, (tensors, changes) => {
        const bytes = writeSafetensors(tensors, { step: "1" });
        const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
        for (const { at, byte } of changes) bytes[at % header] = byte;
        try {
          readSafetensors(bytes, "x");
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("whatever the JSON of the header, the answer is a file or a DataError", () => {
    const field = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.oneof(fc.nat(9), fc.constantFrom(-1, 0.5, 2 ** 53, 1e300)), { maxLength: 3 }),
    );
    const described = fc.record(
      { dtype: fc.constantFrom<unknown>("F32", "F64", "BF16", 1), shape: field, data_offsets: field },
      { requiredKeys: [] },
    );
    const headers = fc.oneof(
      fc.json(),
      fc
        .dictionary(fc.oneof(names, fc.constantFrom("__metadata__")), fc.oneof(described, fc.jsonValue()))
        .map((header) => JSON.stringify(header)),
    );
    fc.assert(
      fc.property(headers, fc.nat(40), (header, size) => {
        try {
          readSafetensors(fileOf(header, size), "x");
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).not.toContain("\n");
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, Uint8Array, string]>([
    [
      "empty",
      new Uint8Array(0),
      "0 bytes are too few for a header; the file is truncated or was not written completely; use another checkpoint.",
    ],
    [
      "header beyond the file",
      fileOf({ a: entry([1], 0, 4) }).subarray(0, 30),
      "bytes, the file has 22; the file is truncated",
    ],
    [
      "absurd header length",
      new Uint8Array(16).fill(255),
      "the header takes 18446744073709552000 bytes, the file has 8;",
    ],
    ["no JSON", fileOf("{a}"), "the header is not valid JSON; the file is damaged or is no safetensors file;"],
    ["no UTF-8", fileOf("{}").map((byte, i) => (i === 9 ? 0xff : byte)), "the header is not valid JSON;"],
    ["byte order mark", fileOf("\u{feff}{}"), "the header is not valid JSON;"],
    ["not an object", fileOf("[]"), "the header is not a JSON object;"],
    ["space first", fileOf(" {}"), "the header is not a JSON object;"],
    ["name twice", fileOf('{"a":{},"\\u0061":{}}'), 'the header gives "a" twice;'],
    ["field twice", fileOf('{"a":{"shape":[0],"shape":[1]}}'), 'the header gives "shape" twice;'],
    ["metadata no object", fileOf({ __metadata__: ["x"] }), '__metadata__ is ["x"], not an object of strings;'],
    ["metadata null", fileOf({ __metadata__: null }), "__metadata__ is null, not an object of strings;"],
    ["metadata no string", fileOf({ __metadata__: { epoch: 3 } }), 'metadata "epoch" is not a string;'],
    [
      "metadata's name",
      fileOf('{"__metadata__":{"__proto__":"x"}}'),
      'metadata "__proto__" has a name that no object may have;',
    ],
    [
      "__proto__",
      fileOf('{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      'tensor "__proto__" has a name that',
    ],
    ["half a character", fileOf('{"\\ud800":{}}'), "is not valid Unicode: it holds half of a surrogate pair;"],
    ["entry no object", fileOf({ w: 3 }), 'tensor "w" is described by 3, not by an object;'],
    ["no dtype", fileOf({ w: { shape: [], data_offsets: [0, 4] } }, 4), 'tensor "w" has no dtype;'],
    ["no shape", fileOf({ w: { dtype: "F32", data_offsets: [0, 4] } }, 4), 'tensor "w" has no shape;'],
    ["no offsets", fileOf({ w: { dtype: "F32", shape: [] } }, 4), 'tensor "w" has no data_offsets;'],
    [
      "other dtype",
      fileOf({ w: entry([2], 0, 4, "BF16") }, 4),
      'tensor "w" has dtype "BF16"; only F32, F64 and I32 are read, convert it first.',
    ],
    ["dtype no string", fileOf({ w: { ...entry([], 0, 4), dtype: ["F32"] } }, 4), 'has dtype ["F32"];'],
    [
      "shape no list",
      fileOf({ w: { ...entry([], 0, 4), shape: 1 } }, 4),
      'tensor "w" has shape 1; a shape is up to 64 whole numbers',
    ],
    ["negative length", fileOf({ w: entry([-1], 0, 4) }, 4), 'tensor "w" has shape [-1];'],
    ["negative zero", fileOf('{"w":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'), 'tensor "w" has shape'],
    ["broken length", fileOf({ w: entry([0.5], 0, 2) }, 2), 'tensor "w" has shape [0.5];'],
    [
      "rank",
      fileOf(
        {
          w: entry(
            Array.from({ length: 65 }, () => 1),
            0,
            4,
          ),
        },
        4,
      ),
      'tensor "w" has shape [1,1,1',
    ],
    [
      "overflow",
      fileOf({ w: entry([2 ** 40, 2 ** 40], 0, 4) }, 4),
      "has shape [1099511627776, 1099511627776], more than any file holds;",
    ],
    ["overflow beside 0", fileOf({ w: entry([2 ** 40, 2 ** 40, 0], 0, 0) }), "more than any file holds;"],
    [
      "three offsets",
      fileOf({ w: { ...entry([], 0, 4), data_offsets: [0, 4, 8] } }, 4),
      'tensor "w" has data_offsets [0,4,8];',
    ],
    ["offsets turned", fileOf({ w: entry([1], 4, 0) }, 4), 'tensor "w" begins at byte 4 and ends at 0;'],
    [
      "size",
      fileOf({ w: entry([2, 3], 0, 20) }, 20),
      'tensor "w" of shape [2, 3] takes 24 bytes, its data_offsets span 20;',
    ],
    [
      "overlap",
      fileOf({ a: entry([2], 0, 8), b: entry([2], 4, 12) }, 12),
      'tensor "b" begins at byte 4, inside tensor "a";',
    ],
    [
      "same bytes",
      fileOf({ a: entry([2], 0, 8), b: entry([2], 0, 8) }, 8),
      'tensor "b" begins at byte 0, inside tensor "a";',
    ],
    [
      "hole",
      fileOf({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12),
      'tensor "b" begins at byte 8, tensor "a" ends at 4;',
    ],
    ["hole at the front", fileOf({ a: entry([1], 4, 8) }, 8), 'tensor "a" begins at byte 4, the header ends at 0;'],
    [
      "data too short",
      fileOf({ a: entry([2], 0, 8) }, 7),
      'tensor "a" ends at byte 8, the file holds 7 of data; the file is truncated or was not written completely;',
    ],
    ["data too long", fileOf({ a: entry([2], 0, 8) }, 9), '1 bytes come after tensor "a", where the file should end;'],
    ["line breaks in names", fileOf({ "a\n\u2028b": 3 }), 'tensor "a\\n?b" is described by'],
    ["deep values", fileOf(`{"w":${"[".repeat(1e5)}${"]".repeat(1e5)}}`), 'tensor "w" is described by ["..."], not by'],
    ["long names", fileOf({ ["x".repeat(500)]: 3 }), "x ... is described by"],
  ])("says what is wrong: %s", (_, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  test("reads what others write: any order, no padding, further fields, tensors without elements", () => {
    const file = fileOf({ b: { ...entry([1], 4, 8), note: [{}] }, none: entry([3, 0], 4, 4), a: entry([], 0, 4) }, 8);
    const { tensors, metadata } = readSafetensors(file, "x");
    expect(Object.entries(tensors).map(([name, { shape }]) => [name, shape])).toEqual([
      ["a", []],
      ["none", [3, 0]],
      ["b", [1]],
    ]);
    expect(metadata).toEqual({});
    expect(readSafetensors(fileOf("{}"), "x")).toEqual({ tensors: {}, metadata: {} });
  });

  test("the tensors are copies", () => {
    const bytes = writeSafetensors({ w: ones([2]) });
    const { w } = readSafetensors(bytes, "x").tensors;
    bytes.fill(0);
    expect([...w!.data]).toEqual([1, 1]);
  });

  test("refuses to write what could not be read", () => {
    const w = ones([1]);
    const named = (name: string) => Object.fromEntries([[name, w]]);
    for (const name of ["__metadata__", "__proto__", "half \ud800"]) {
      expect(() => writeSafetensors(named(name))).toThrow(ArgumentError);
      expect(() => writeSafetensors({ w }, Object.fromEntries([[name, "x"]]))).toThrow(ArgumentError);
    }
    expect(() => writeSafetensors({ w }, { text: "\udfff" })).toThrow('metadata "text" is not valid Unicode');
    const wrong = { epoch: 3 } as unknown as Record<string, string>;
    expect(() => writeSafetensors({ w }, wrong)).toThrow('writeSafetensors: metadata "epoch" is not a string');
  });
});
