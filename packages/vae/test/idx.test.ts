// IDX files and folders of them: round trips, every kind of damage, and what the messages say.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ArgumentError, ShapeError } from "@elbo/tensor";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../src/data/errors.js";
import { parseIdx, writeIdx } from "../src/data/idx.js";
import { FileError, loadIdxFolder } from "../src/node/index.js";

const product = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

const shapes = fc.array(fc.nat(5), { minLength: 1, maxLength: 4 });
const files = shapes.chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    data: fc.uint8Array({ minLength: product(shape), maxLength: product(shape) }),
  }),
);

/** The error of bytes that must not parse. */
function refusal(bytes: Uint8Array | readonly number[]): DataError {
  try {
    parseIdx(Uint8Array.from(bytes), "some.idx");
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).not.toContain("\n");
    return error as DataError;
  }
  throw new Error("was parsed");
}

describe("IDX", () => {
  test("what is written is read", () => {
    fc.assert(
      fc.property(files, fc.nat(7), ({ shape, data }, lead) => {
        const bytes = writeIdx(shape, data);
        expect(parseIdx(bytes, "x")).toEqual({ shape, data });
        // The same from the middle of a larger buffer.
        const larger = new Uint8Array(lead + bytes.length + 3);
        larger.set(bytes, lead);
        expect(parseIdx(larger.subarray(lead, lead + bytes.length), "x")).toEqual({ shape, data });
      }),
    );
  });

  test("the bytes are those of the format", () => {
    expect([...writeIdx([2, 1], new Uint8Array([7, 9]))]).toEqual([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9]);
  });

  test("no part of a file and nothing longer than it is read", () => {
    fc.assert(
      fc.property(files, fc.uint8Array({ minLength: 1, maxLength: 9 }), ({ shape, data }, tail) => {
        const bytes = writeIdx(shape, data);
        for (let length = 0; length < bytes.length; length++) refusal(bytes.subarray(0, length));
        refusal([...bytes, ...tail]);
      }),
    );
  });

  test("whatever the bytes, the answer is the file or a DataError", () => {
    const start = fc.tuple(fc.constant(0), fc.constant(0), fc.constant(8), fc.nat(255));
    fc.assert(
      fc.property(fc.option(start), fc.uint8Array({ maxLength: 40 }), (start, rest) => {
        const bytes = Uint8Array.from([...(start ?? []), ...rest]);
        try {
          const { shape, data } = parseIdx(bytes, "x");
          expect(writeIdx(shape, data)).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each<[string, readonly number[], string]>([
    ["empty", [], "some.idx: 0 bytes are too few for an IDX header; the file is truncated, fetch it again."],
    ["gzip", [0x1f, 0x8b, 8, 0], "some.idx: is gzip-compressed; unpack it first; an IDX file starts with"],
    ["PNG", [0x89, 0x50, 0x4e, 0x47, 13, 10], "some.idx: is a PNG image;"],
    ["text", [...Buffer.from("label,pixel0\n5,0\n")], "some.idx: is a text file;"],
    ["HTML", [...Buffer.from("<!doctype html>")], "some.idx: is a web page (the download went wrong?);"],
    ["other bytes", [3, 8, 0, 0, 0], "some.idx: starts with the bytes 3, 8, 0, 0;"],
    ["floats", [0, 0, 0x0d, 1, 0, 0, 0, 0], "some.idx: the elements are of type 32-bit float; only unsigned bytes"],
    ["unknown", [0, 0, 7, 1, 0, 0, 0, 0], "some.idx: the elements are of type unknown (code 7);"],
    ["rank 0", [0, 0, 8, 0, 1], "some.idx: the header gives rank 0;"],
    ["short header", [0, 0, 8, 3, 0, 0], "some.idx: 6 bytes are too few for an IDX header of rank 3, which takes 16."],
    [
      "short data",
      [0, 0, 8, 3, 0, 0, 0xea, 0x60, 0, 0, 0, 28, 0, 0, 0, 28, ...new Uint8Array(31)],
      "some.idx: header promises 60000 x 28 x 28 bytes, the file holds 31 of them; nothing was read.",
    ],
    [
      "long data",
      [0, 0, 8, 1, 0, 0, 0, 1, 5, 5, 5],
      "some.idx: header promises 1 bytes, the file holds 2 more than that;",
    ],
    [
      "overflow",
      [0, 0, 8, 2, ...new Uint8Array(8).fill(255)],
      "some.idx: header promises 4294967295 x 4294967295 bytes, more than any file holds; the header is damaged.",
    ],
    [
      "overflow beside 0",
      [0, 0, 8, 3, ...new Uint8Array(8).fill(255), 0, 0, 0, 0],
      "some.idx: header promises 4294967295 x 4294967295 x 0 bytes, more than any file holds;",
    ],
  ])("says what is wrong: %s", (_, bytes, message) => {
    expect(refusal(bytes).message).toContain(message);
    expect(refusal(bytes).code).toBe("DATA");
  });

  test("refuses to write what the format cannot hold", () => {
    expect(() => writeIdx([], new Uint8Array(1))).toThrow(ArgumentError);
    expect(() => writeIdx([1.5], new Uint8Array(1))).toThrow("whole lengths below 2^32, not [1.5]");
    expect(() => writeIdx([2 ** 32, 0], new Uint8Array(0))).toThrow(ArgumentError);
    expect(() => writeIdx([2, 2], new Uint8Array(3))).toThrow(ShapeError);
  });
});

describe("a folder of IDX files", () => {
  const made: string[] = [];
  afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));

  /** A fresh folder with these files. */
  async function folderWith(contents: Record<string, Uint8Array>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "elbo-idx-"));
    made.push(folder);
    for (const [name, bytes] of Object.entries(contents)) await writeFile(join(folder, name), bytes);
    return folder;
  }

  const images = (count: number, first = 0): Uint8Array =>
    writeIdx(
      [count, 2, 3],
      Uint8Array.from({ length: count * 6 }, (_, i) => first + i),
    );
  const labels = (...values: number[]): Uint8Array => writeIdx([values.length], Uint8Array.from(values));
  const whole = {
    "train-images-idx3-ubyte": images(3, 250 - 18),
    "train-labels-idx1-ubyte": labels(7, 0, 255),
    "t10k-images-idx3-ubyte": images(2),
    "t10k-labels-idx1-ubyte": labels(1, 2),
  };

  /** The message with which a folder of these files is refused. */
  async function complaint(contents: Record<string, Uint8Array>): Promise<string> {
    const folder = await folderWith(contents);
    const error: unknown = await loadIdxFolder(folder).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    const { message } = error as DataError;
    expect(message).not.toContain("\n");
    expect(message).toContain(folder);
    return message;
  }

  test("is a data set: levels / 255 as float32, labels as int32, named after the folder", async () => {
    const folder = await folderWith(whole);
    const { name, train, test } = await loadIdxFolder(folder);
    expect(name).toBe(basename(folder));
    expect(train.inputs.shape).toEqual([3, 2, 3]);
    expect(train.inputs.data).toEqual(Float32Array.from({ length: 18 }, (_, i) => (232 + i) / 255));
    expect(train.labels?.data).toEqual(new Int32Array([7, 0, 255]));
    expect(test.inputs.shape).toEqual([2, 2, 3]);
    expect(test.labels?.data).toEqual(new Int32Array([1, 2]));
  });

  test("takes a name, and the first images only", async () => {
    const folder = await folderWith(whole);
    const { name, train, test } = await loadIdxFolder(folder, { name: "tiny", images: 2 });
    expect(name).toBe("tiny");
    expect(train.inputs.shape).toEqual([2, 2, 3]);
    expect(train.labels?.data).toEqual(new Int32Array([7, 0]));
    expect(test.inputs.shape).toEqual([2, 2, 3]);
    await expect(loadIdxFolder(folder, { images: 0 })).rejects.toThrow(ArgumentError);
    await expect(loadIdxFolder(folder, { images: 1.5 })).rejects.toThrow("a whole number of 1 or more, not 1.5");
  });

  test("may be compressed, spelled with a dot and without labels; a plain file wins over .gz", async () => {
    const folder = await folderWith({
      "train-images.idx3-ubyte.gz": gzipSync(images(4)),
      "t10k-images.idx3-ubyte": images(2),
      "t10k-images-idx3-ubyte.gz": gzipSync(images(9)),
    });
    await mkdir(join(folder, "train-images-idx3-ubyte")); // some archives unpack to a folder of that name
    const { train, test } = await loadIdxFolder(folder);
    expect(train.inputs.shape).toEqual([4, 2, 3]);
    expect(test.inputs.shape).toEqual([2, 2, 3]);
    expect([train.labels, test.labels]).toEqual([null, null]);
  });

  test("says which names it looked for and what the folder holds", async () => {
    const { "t10k-images-idx3-ubyte": _, ...rest } = whole;
    expect(await complaint(rest)).toContain(
      "no test images: looked for t10k-images-idx3-ubyte, t10k-images.idx3-ubyte, t10k-images-idx3-ubyte.gz, " +
        "t10k-images.idx3-ubyte.gz; the folder holds t10k-labels-idx1-ubyte, train-images-idx3-ubyte, train-labels-idx1-ubyte.",
    );
    expect(await complaint({})).toContain("no training images");
    expect(await complaint({})).toContain("the folder holds no files.");
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`${i + 10}.png`, new Uint8Array(1)]));
    expect(await complaint(many)).toContain("20.png, 21.png and 3 more.");
  });

  test("holds the files to each other", async () => {
    const complaintOf = (file: string, bytes: Uint8Array) => complaint({ ...whole, [file]: bytes });
    expect(await complaintOf("train-labels-idx1-ubyte", labels(1, 2))).toContain("labels 2, images 3;");
    expect(await complaintOf("train-labels-idx1-ubyte", images(3))).toContain("shape [3, 2, 3] is no list of labels");
    expect(await complaintOf("train-images-idx3-ubyte", labels(1, 2, 3))).toContain("holds a list of 3, not images");
    expect(await complaintOf("train-images-idx3-ubyte", images(0))).toContain("shape [0, 2, 3] holds no pixels");
    expect(await complaintOf("t10k-images-idx3-ubyte", writeIdx([2, 4], new Uint8Array(8)))).toContain(
      "train images are [2, 3], test images [4];",
    );
  });

  test("a damaged gzip stream is a DataError wherever it is cut", async () => {
    const { "train-images-idx3-ubyte": plain, ...rest } = whole;
    const packed = gzipSync(plain);
    for (let length = 0; length < packed.length; length++) {
      await complaint({ ...rest, "train-images-idx3-ubyte.gz": packed.subarray(0, length) });
    }
    const flipped = Uint8Array.from(packed);
    flipped[packed.length - 6]! ^= 1;
    expect(await complaint({ ...rest, "train-images-idx3-ubyte.gz": flipped })).toContain("the gzip stream is damaged");
    const cut = packed.subarray(0, packed.length - 9);
    expect(await complaint({ ...rest, "train-images-idx3-ubyte.gz": cut })).toContain("the gzip stream ends early");
    expect(await complaint({ ...rest, "train-images-idx3-ubyte.gz": plain })).toContain("take .gz off its name");
  });

  test("a folder that is none is a FileError", async () => {
    const folder = await folderWith(whole);
    for (const path of [join(folder, "absent"), join(folder, "train-labels-idx1-ubyte")]) {
      const error: unknown = await loadIdxFolder(path).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(FileError);
      expect((error as FileError).message).toContain(`${path}: cannot read: `);
    }
  });

  const mnist = fileURLToPath(new URL("../../../../shared/data/mnist", import.meta.url));
  test.skipIf(!existsSync(mnist))("reads MNIST (needs shared/data/mnist beside the project)", async () => {
    const { name, train, test } = await loadIdxFolder(mnist);
    expect(name).toBe("mnist");
    expect([train.inputs.shape, train.labels?.shape]).toEqual([[60000, 28, 28], [60000]]);
    expect([test.inputs.shape, test.labels?.shape]).toEqual([[10000, 28, 28], [10000]]);
    expect([...train.labels!.data.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    const packed = await readFile(join(mnist, "t10k-images-idx3-ubyte.gz"));
    expect(() => parseIdx(packed, "t10k-images-idx3-ubyte.gz")).toThrow("is gzip-compressed");
  });
});
