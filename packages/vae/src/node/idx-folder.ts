// A folder of IDX files, as MNIST and its relatives come, as a data set.

import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { ArgumentError, formatShape, fromTypedArray, sameShape } from "@elbo/tensor";
import type { Dataset, Split } from "../data/dataset.js";
import { DataError } from "../data/errors.js";
import { type IdxFile, parseIdx } from "../data/idx.js";
import { readFileChecked, shown } from "./files.js";
import { holdings, listFolder } from "./listing.js";

/** Options of {@link loadIdxFolder}. */
export interface IdxFolderOptions {
  /** What the data set is called; the folder's name unless said otherwise. */
  readonly name?: string;
  /** Keep only the first so many images of each part; all of them unless said otherwise. */
  readonly images?: number;
}

/** How the format's file names begin. */
const parts = ["train", "t10k"] as const;

/** What a compressed file may grow to: MNIST's training images are 47 MB. */
const maxUnpacked = 2 ** 31;

/** A grey level 0..255 as a pixel 0..1, rounded once to float32. */
const pixels = Float32Array.from({ length: 256 }, (_, level) => level / 255);

/**
 * Reads a folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
 * `t10k-labels-idx1-ubyte`; `.idx` may stand for `-idx`, and each may be compressed (`.gz`; a plain file beside it
 * wins). Files of labels may be absent.
 *
 * @param folder where the files lie
 * @returns inputs `[count, height, width]`, float32, level / 255, so 0 to 1; labels `[count]`, int32
 * @throws FileError where the folder or a file cannot be read
 * @throws DataError where images are missing, a file is damaged, or the files do not fit each other
 * @see Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits"
 * @example const { train, test } = await loadIdxFolder("data/mnist"); // train.inputs is [60000, 28, 28]
 */
export async function loadIdxFolder(folder: string, options: IdxFolderOptions = {}): Promise<Dataset> {
  const { name = basename(resolve(folder)), images = Infinity } = options;
  if (!(images >= 1) || (images !== Infinity && !Number.isInteger(images))) {
    throw new ArgumentError(`images is how many to keep, a whole number of 1 or more, not ${images}`, {
      op: "loadIdxFolder",
    });
  }
  const { files } = await listFolder(folder);
  const train = await loadSplit(folder, files, "train", images);
  const test = await loadSplit(folder, files, "t10k", images);
  const [a, b] = [train, test].map((split) => split.inputs.shape.slice(1)) as [number[], number[]];
  if (!sameShape(a, b)) {
    const sizes = `train images are ${formatShape(a)}, test images ${formatShape(b)}`;
    throw new DataError(`${shown(folder)}: ${sizes}; take both from one data set.`, { shapes: [a, b] });
  }
  return { name, train, test };
}

async function loadSplit(
  folder: string,
  files: readonly string[],
  part: (typeof parts)[number],
  limit: number,
): Promise<Split> {
  const imageFile = candidates(`${part}-images`, 3).find((file) => files.includes(file));
  const labelFile = candidates(`${part}-labels`, 1).find((file) => files.includes(file));
  if (imageFile === undefined) throw missingImages(folder, files, part);

  const images = await load(join(folder, imageFile));
  const fail = (file: string, what: string): DataError => new DataError(`${shown(join(folder, file))}: ${what}`);
  const [count, ...shape] = images.shape as [number, ...number[]];
  if (shape.length === 0) throw fail(imageFile, `holds a list of ${count}, not images; is it the file of labels?`);
  if (images.data.length === 0) throw fail(imageFile, `shape ${formatShape(images.shape)} holds no pixels.`);

  const labels = labelFile === undefined ? null : await load(join(folder, labelFile));
  if (labelFile !== undefined && labels !== null) {
    if (labels.shape.length !== 1) throw fail(labelFile, `shape ${formatShape(labels.shape)} is no list of labels.`);
    if (labels.shape[0] !== count) {
      throw fail(labelFile, `labels ${labels.shape[0]}, images ${count}; take both files from one data set.`);
    }
  }

  const kept = Math.min(count, limit);
  const levels = images.data.subarray(0, (images.data.length / count) * kept);
  const inputs = new Float32Array(levels.length);
  for (let i = 0; i < levels.length; i++) inputs[i] = pixels[levels[i]];
  return {
    inputs: fromTypedArray(inputs, [kept, ...shape]),
    labels: labels && fromTypedArray(Int32Array.from(labels.data.subarray(0, kept))),
  };
}

/** Whether images of either part are among these names. */
export const holdsIdx = (files: readonly string[]): boolean =>
  parts.some((part) => candidates(`${part}-images`, 3).some((file) => files.includes(file)));

/** The names that a file may have, the preferred ones first. */
function candidates(stem: string, rank: number): string[] {
  const plain = [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`];
  return [...plain, ...plain.map((file) => `${file}.gz`)];
}

function missingImages(folder: string, files: readonly string[], part: (typeof parts)[number]): DataError {
  const which = part === "train" ? "training" : "test";
  const names = candidates(`${part}-images`, 3).join(", ");
  return new DataError(`${shown(folder)}: no ${which} images: looked for ${names}; ${holdings(files)}.`);
}

async function load(path: string): Promise<IdxFile> {
  const bytes = await readFileChecked(path);
  return parseIdx(path.endsWith(".gz") ? await unpack(bytes, path) : bytes, shown(path));
}

async function unpack(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  const fail = (what: string, cause?: unknown): DataError => new DataError(`${shown(path)}: ${what}`, { cause });

  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b)
    throw fail("is not gzip-compressed; if it is plain, take .gz off its name.");
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxUnpacked });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ERR_BUFFER_TOO_LARGE") throw fail("unpacks to more than 2 GiB; split it into smaller files.", cause);
    const what =
      code === "Z_BUF_ERROR" ? "the gzip stream ends early, the file is truncated" : "the gzip stream is damaged";
    throw fail(`${what}; fetch it again.`, cause);
  }
}
