// PNG images of every kind as ink, and folders of them: layouts, classes, divisions, and what the messages say.

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { fromTypedArray, tensor, type Tensor } from "@elbo/tensor";
import { encode } from "fast-png";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../src/data/errors.js";
import { parsePng } from "../src/data/png.js";
import { FileError, loadPngFolder } from "../src/node/index.js";
import { imageGrid } from "../src/report/png.js";

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 red green blue, 3 palette, 4 grey and opacity, 6 red green blue and opacity. */
  readonly type: number;
  /** All samples, row by row. */
  readonly samples: readonly number[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  readonly interlace?: number;
}

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG file by the letter of the specification, every row without filter. */
function png({ width, height, depth, type, samples, palette, transparency, interlace = 0 }: Picture): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlace], 8);
  const perRow = width * channelsOf[type]!;
  const rows = Array.from({ length: height }, (_, y) => {
    const row = samples.slice(y * perRow, (y + 1) * perRow);
    const bits = row.map((sample) => sample.toString(2).padStart(depth, "0")).join("");
    const bytes = bits.padEnd(8 * Math.ceil(bits.length / 8), "0").match(/.{8}/g) ?? [];
    return Uint8Array.from([0, ...bytes.map((byte) => parseInt(byte, 2))]);
  });
  return Buffer.concat([
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette))] : []),
    ...(transparency ? [chunk("tRNS", Uint8Array.from(transparency))] : []),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", new Uint8Array()),
  ]);
}

const ink = (r: number, g: number, b: number, opacity = 1): number =>
  opacity * (1 - (0.2126 * r + 0.7152 * g + 0.0722 * b));

/** Compares up to one rounding to float32 of numbers in 0..1, and the formula's own in double. */
function expectInk(image: Tensor, expected: readonly number[]): void {
  expect(image.size).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(image.data[i]! - value)).toBeLessThanOrEqual(2 ** -25 + 2 ** -50));
}

const sizes = fc.record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 4 }) });
const pictures = (kinds: readonly (readonly [type: number, depth: number])[]) =>
  fc.record({ kind: fc.constantFrom(...kinds), size: sizes }).chain(({ kind: [type, depth], size }) => {
    const count = size.width * size.height * channelsOf[type]!;
    return fc
      .array(fc.nat(2 ** depth - 1), { minLength: count, maxLength: count })
      .map((samples): Picture => ({ ...size, type, depth, samples }));
  });

describe("a PNG image", () => {
  test("is opacity (1 - luminance), for every kind of sample", () => {
    const kinds = [
      ...[1, 2, 4, 8, 16].map((depth) => [0, depth] as const),
      ...[2, 4, 6].flatMap((type) => [[type, 8] as const, [type, 16] as const]),
    ];
    fc.assert(
      fc.property(pictures(kinds), (picture) => {
        const image = parsePng(png(picture), "x.png");
        expect(image.shape).toEqual([picture.height, picture.width]);
        expect(image.dtype).toBe("float32");
        const channels = channelsOf[picture.type]!;
        const share = picture.samples.map((sample) => sample / (2 ** picture.depth - 1));
        const expected = Array.from({ length: image.size }, (_, i) => {
          const s = share.slice(i * channels, (i + 1) * channels) as [number, number, number, number];
          return channels < 3 ? ink(s[0], s[0], s[0], s[1]) : ink(...s);
        });
        expectInk(image, expected);
      }),
      { numRuns: 300 },
    );
  });

  test("that is grey is the same in colour, to the bit, and exact in steps of 1/255", () => {
    const levels = Array.from({ length: 256 }, (_, level) => level);
    const shape = { width: 256, height: 1, depth: 8 };
    const grey = parsePng(png({ ...shape, type: 0, samples: levels }), "x");
    expect(grey.data).toEqual(Float32Array.from(levels, (level) => (255 - level) / 255));
    expect(parsePng(png({ ...shape, type: 2, samples: levels.flatMap((v) => [v, v, v]) }), "x")).toEqual(grey);
    expect(parsePng(png({ ...shape, type: 4, samples: levels.flatMap((v) => [v, 255]) }), "x")).toEqual(grey);
  });

  test("may have a palette, with opacities for its first colours", () => {
    const palette = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    for (const depth of [2, 4, 8]) {
      const picture: Picture = { width: 5, height: 1, depth, type: 3, samples: [0, 1, 2, 3, 0], palette };
      expectInk(parsePng(png(picture), "x"), [1 - 0.2126, 1 - 0.7152, 1 - 0.0722, 0, 1 - 0.2126]);
      expectInk(parsePng(png({ ...picture, transparency: [0, 51] }), "x"), [0, 0.2 * (1 - 0.7152), 1 - 0.0722, 0, 0]);
    }
    const bits: Picture = { width: 9, height: 1, depth: 1, type: 3, samples: [0, 1, 1, 0, 1, 0, 0, 0, 1], palette };
    expectInk(
      parsePng(png(bits), "x"),
      bits.samples.map((index) => (index === 0 ? 1 - 0.2126 : 1 - 0.7152)),
    );
  });

  test("may make one colour transparent, and suggest a palette that is not used", () => {
    const grey: Picture = { width: 4, height: 1, depth: 8, type: 0, samples: [0, 9, 255, 9], transparency: [0, 9] };
    expectInk(parsePng(png(grey), "x"), [1, 0, 0, 0]);
    const colour: Picture = {
      width: 3,
      height: 1,
      depth: 8,
      type: 2,
      palette: [1, 2, 3],
      samples: [0, 0, 0, 0, 4, 9, 255, 255, 255],
      transparency: [0, 0, 0, 4, 0, 9],
    };
    expectInk(parsePng(png(colour), "x"), [1, 0, 0]);
  });

  test("may be interlaced, with whole bytes", () => {
    fc.assert(
      fc.property(pictures([[2, 8]]), ({ width, height, samples }) => {
        const data = Uint8Array.from(samples);
        const read = (interlace: "null" | "Adam7"): Tensor =>
          parsePng(encode({ width, height, data, channels: 3 }, { interlace }), "x");
        expect(read("Adam7")).toEqual(read("null"));
      }),
      { numRuns: 50 },
    );
    const bits: Picture = { width: 2, height: 1, depth: 1, type: 0, samples: [0, 1], interlace: 1 };
    expect(() => parsePng(png(bits), "a.png")).toThrow("a.png: is interlaced with 1 bits a sample; save it without");
  });

  test("that Elbo wrote is read as it was", () => {
    const levels = fc.array(fc.nat(255), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(levels, (levels) => {
        const images = fromTypedArray(
          Float32Array.from(levels, (level) => level / 255),
          [1, 3, 4],
        );
        expect(parsePng(imageGrid(images), "x").data).toEqual(images.data);
      }),
    );
    // The gaps are transparent, as is what is no number: both are paper.
    const gapped = parsePng(imageGrid(tensor([[[1]], [[NaN]]]), { gap: 1 }), "x");
    expect(gapped.toArray()).toEqual([[1, 0, 0]]);
  });

  test("that is cut, or has any bit flipped, is a DataError that names it", () => {
    const whole = png({
      width: 5,
      height: 3,
      depth: 2,
      type: 3,
      samples: Array(15).fill(2),
      palette: Array(9).fill(7),
    });
    const refused = (bytes: Uint8Array): void => {
      try {
        parsePng(bytes, "some.png");
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        expect((error as DataError).message).toMatch(/^some\.png: [^\n]+$/);
        return;
      }
      throw new Error("was parsed");
    };
    for (let length = 0; length < whole.length; length++) refused(whole.subarray(0, length));
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const damaged = Uint8Array.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      refused(damaged);
    }
  });

  test("says what else is wrong", () => {
    const dot: Picture = { width: 1, height: 1, depth: 8, type: 0, samples: [0] };
    expect(() => parsePng(Buffer.from("GIF89a..."), "a.png")).toThrow("a.png: is no PNG image; convert it");
    expect(() => parsePng(png({ ...dot, width: 0 }), "a.png")).toThrow("a.png: 0 x 1 pixels");
    expect(() => parsePng(png({ ...dot, width: 2 ** 27 }), "a.png")).toThrow("images have 1 to");
    expect(() => parsePng(png({ ...dot, type: 3 }), "a.png")).toThrow("a.png: the PNG image is damaged");
    expect(() => parsePng(png({ ...dot, type: 3, samples: [1], palette: [0, 0, 0] }), "a.png")).toThrow(DataError);
  });
});

describe("a folder of PNG images", () => {
  const made: string[] = [];
  afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));

  /** A grey dot whose ink is `level` / 255. */
  const dot = (level: number, width = 1, height = 1): Uint8Array =>
    png({ width, height, depth: 8, type: 0, samples: Array(width * height).fill(255 - level) });

  async function folderWith(contents: Record<string, Uint8Array>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "elbo-png-"));
    made.push(folder);
    for (const [name, bytes] of Object.entries(contents)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    return folder;
  }

  async function complaint(contents: Record<string, Uint8Array>): Promise<string> {
    const folder = await folderWith(contents);
    const error: unknown = await loadPngFolder(folder).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    const { message } = error as DataError;
    expect(message).not.toContain("\n");
    expect(message.startsWith(folder)).toBe(true);
    return message.replaceAll(folder, "F");
  }

  const levels = (images: Tensor): number[] => Array.from(images.data, (value) => Math.round(255 * value));

  test("in two parts is read in the order of names, either spelling of the extension, nothing else", async () => {
    const folder = await folderWith({
      "train/b.png": dot(2),
      "train/a.PNG": dot(1),
      "train/10.png": dot(3),
      "train/.hidden.png": dot(9),
      "train/notes.txt": dot(9),
      "test/z.png": dot(4),
    });
    const data = await loadPngFolder(folder);
    expect(data.name).toBe(basename(folder));
    expect(data.train.inputs.shape).toEqual([3, 1, 1]);
    expect(levels(data.train.inputs)).toEqual([3, 1, 2]);
    expect(levels(data.test.inputs)).toEqual([4]);
    expect([data.train.labels, data.test.labels, data.classes]).toEqual([null, null, undefined]);
  });

  test("of classes has their sorted places as labels; a link to a folder is a folder", async () => {
    const folder = await folderWith({
      "train/two/a.png": dot(1),
      "train/one/a.png": dot(2),
      "train/one/b.png": dot(3),
      "elsewhere/c.png": dot(5),
      "test/two/a.png": dot(4),
    });
    await symlink(join(folder, "elsewhere"), join(folder, "train", "three"));
    const { train, test, classes } = await loadPngFolder(folder);
    expect(classes).toEqual(["one", "three", "two"]);
    expect(levels(train.inputs)).toEqual([2, 3, 5, 1]);
    expect(train.labels?.data).toEqual(Int32Array.of(0, 0, 1, 2));
    expect(test.labels?.data).toEqual(Int32Array.of(2));
  });

  test("may have classes in its test part alone", async () => {
    const folder = await folderWith({ "train/a.png": dot(1), "test/odd/a.png": dot(2), "test/fine/a.png": dot(3) });
    const { train, test, classes } = await loadPngFolder(folder);
    expect(train.labels).toBeNull();
    expect(test.labels?.data).toEqual(Int32Array.of(0, 1));
    expect(classes).toEqual(["fine", "odd"]);
  });

  test("in one part is divided 5 : 1 by the seed, each image in one part", async () => {
    const names = Array.from({ length: 13 }, (_, i) => `${i % 2 === 0 ? "even" : "odd"}/${i}.png`);
    const folder = await folderWith(Object.fromEntries(names.map((name, i) => [name, dot(i)])));
    const first = await loadPngFolder(folder);
    expect([first.train.inputs.shape[0], first.test.inputs.shape[0]]).toEqual([11, 2]);
    const all = [...levels(first.train.inputs), ...levels(first.test.inputs)];
    expect([...all].sort((a, b) => a - b)).toEqual(names.map((_, i) => i));
    expect([...first.train.labels!.data, ...first.test.labels!.data]).toEqual(all.map((level) => level % 2));
    expect(await loadPngFolder(folder, { dataSeed: 0 })).toEqual(first);
    expect(levels((await loadPngFolder(folder, { dataSeed: 1 })).train.inputs)).not.toEqual(levels(first.train.inputs));

    const flat = await folderWith(Object.fromEntries(names.map((_, i) => [`${i + 10}.png`, dot(i)])));
    const { train, classes } = await loadPngFolder(flat);
    expect([train.inputs.shape, train.labels, classes]).toEqual([[11, 1, 1], null, undefined]);
  });

  test("says what is wrong", async () => {
    const looked = "looked for train/*.png and test/*.png, train/NAME/*.png and test/NAME/*.png, *.png, or NAME/*.png";
    expect(await complaint({})).toBe(`F: no PNG images: ${looked}; the folder holds no files.`);
    expect(await complaint({ "a.jpg": dot(1), "b/c/d.png": dot(1) })).toContain("; the folder holds b, a.jpg.");
    expect(await complaint({ "train/a.png": dot(1) })).toContain("no folder test beside the other part");
    expect(await complaint({ "train/a.png": dot(1), "test/a.txt": dot(1) })).toContain("no PNG images in test");
    expect(await complaint({ "a.png": dot(1) })).toContain("1 example is too few");
    expect(await complaint({ "a.png": dot(1), "b/a.png": dot(1) })).toContain("PNG images lie beside the folder b");
    expect(await complaint({ "train/one/a.png": dot(1), "test/two/a.png": dot(1) })).toBe(
      "F: test images of two, of which there are no training images; those are of one",
    );
    expect(await complaint({ "train/a.png": dot(1, 2, 3), "test/b.png": dot(1, 3, 2) })).toBe(
      "F/test/b.png: 3 x 2 pixels, but F/train/a.png has 2 x 3; bring all to one size",
    );
    expect(await complaint({ "a.png": dot(1), "b.png": new Uint8Array(9) })).toBe(
      "F/b.png: is no PNG image; convert it, or take it out of the folder",
    );
    await expect(loadPngFolder("/no/such/folder")).rejects.toThrow(FileError);
    await expect(loadPngFolder(".", { seed: 1 } as never)).rejects.toThrow('has no option "seed"');
  });
});
