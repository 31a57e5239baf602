// Folders of PNG images as data sets: in two parts or one, with a folder for each class or without.

import { basename, join, resolve } from "node:path";
import { checkOptions, fromTypedArray, sameShape } from "@elbo/tensor";
import type { Dataset, Split } from "../data/dataset.js";
import { divide } from "../data/divide.js";
import { DataError } from "../data/errors.js";
import { parsePng } from "../data/png.js";
import { readFileChecked, shown } from "./files.js";
import { holdings, listFolder } from "./listing.js";

/** Options of {@link loadPngFolder}. */
export interface PngFolderOptions {
  /** The seed by which a folder without parts is divided; 0 unless said otherwise. */
  readonly dataSeed?: number;
}

/** An image that was found, not read yet. */
interface ImageFile {
  readonly path: string;
  /** The folder that it lies in, where the images lie in folders of their classes. */
  readonly className: string | null;
}

/** Where images are looked for. */
export const LAYOUTS = "train/*.png and test/*.png, train/NAME/*.png and test/NAME/*.png, *.png, or NAME/*.png";

const PARTS = ["train", "test"] as const;

/**
 * Reads images `train/*.png` and `test/*.png`, or `train/NAME/*.png` and `test/NAME/*.png` with NAME for a class; or
 * `*.png` or `NAME/*.png`, which are divided 5 : 1 into training and test images by a permutation from the seed
 * (`divide`). Files are taken sorted by name; names that begin with a dot are passed over. Labels are the places of the
 * class names, sorted. Where only one part has classes, the labels of the other are null.
 *
 * @param folder where the images lie
 * @returns inputs `[count, height, width]`, float32, 0 (white) to 1 (black), see `parsePng`; labels `[count]`, int32
 * @throws FileError where the folder or a file cannot be read
 * @throws DataError where there are no images, one is damaged or of another size, or test images have a class of
 *   their own
 * @example const { train, classes } = await loadPngFolder("shapes")
 */
export async function loadPngFolder(folder: string, options: PngFolderOptions = {}): Promise<Dataset> {
  checkOptions("loadPngFolder", options, ["dataSeed"]);
  const { train, test } = await findParts(folder, options.dataSeed ?? 0);
  const files = [...train, ...test];
  const classes = classNames(files);
  const images = await readImages(files);
  const part = (files: readonly ImageFile[], from: number): Split => ({
    inputs: images(from, files.length),
    labels: labelsOf(files, classes),
  });
  return {
    name: basename(resolve(folder)),
    train: part(train, 0),
    test: part(test, train.length),
    ...(classes.length > 0 && { classes }),
  };
}

type Parts = Readonly<Record<(typeof PARTS)[number], readonly ImageFile[]>>;

async function findParts(folder: string, seed: number): Promise<Parts> {
  const { files, folders } = await listFolder(folder);
  if (!PARTS.some((part) => folders.includes(part))) {
    const all = await findImages(folder);
    if (all.length === 0) throw noImages(folder, [...folders, ...files]);
    const { train, test } = divide(all.length, seed, shown(folder));
    return { train: Array.from(train, (i) => all[i]), test: Array.from(test, (i) => all[i]) };
  }
  const absent = PARTS.find((part) => !folders.includes(part));
  if (absent !== undefined) {
    throw new DataError(
      `${shown(folder)}: no folder ${absent} beside the other part; ${holdings(folders, "folders")}.`,
    );
  }
  const [train, test] = [await findImages(join(folder, "train")), await findImages(join(folder, "test"))];
  for (const [i, found] of [train, test].entries()) {
    if (found.length === 0) throw noImages(folder, [...folders, ...files], PARTS[i]);
  }
  checkSameClasses(folder, train, test);
  return { train, test };
}

/** Whether there are PNG images in any of the places where they are looked for. */
export async function holdsPngs(folder: string): Promise<boolean> {
  const { folders } = await listFolder(folder);
  const places = [...PARTS.filter((part) => folders.includes(part)).map((part) => join(folder, part)), folder];
  for (const place of places) if ((await findImages(place)).length > 0) return true;
  return false;
}

/** The images of one part, in this folder or in the folders of their classes. */
async function findImages(folder: string): Promise<ImageFile[]> {
  const { files, folders } = await listFolder(folder);
  const own = images(folder, files, null);
  const nested: ImageFile[] = [];
  for (const className of folders.filter((name) => !name.startsWith("."))) {
    const inner = join(folder, className);
    nested.push(...images(inner, (await listFolder(inner)).files, className));
  }
  if (own.length > 0 && nested.length > 0) {
    throw new DataError(
      `${shown(folder)}: PNG images lie beside the folder ${shown(nested[0].className!)} of others; put each into the folder of its class, or all into one`,
    );
  }
  return own.length > 0 ? own : nested;
}

const images = (folder: string, files: readonly string[], className: string | null): ImageFile[] =>
  files
    .filter((file) => /\.png$/i.test(file) && !file.startsWith("."))
    .map((file) => ({ path: join(folder, file), className }));

function noImages(folder: string, held: readonly string[], part?: string): DataError {
  const where = part === undefined ? "" : ` in ${part}`;
  return new DataError(`${shown(folder)}: no PNG images${where}: looked for ${LAYOUTS}; ${holdings(held)}.`);
}

/** The names of all classes, sorted. */
const classNames = (files: readonly ImageFile[]): string[] =>
  [...new Set(files.flatMap(({ className }) => className ?? []))].sort();

/** Refuses test images of classes that training images of classes do not have. */
function checkSameClasses(folder: string, train: readonly ImageFile[], test: readonly ImageFile[]): void {
  const learned = classNames(train);
  const other = classNames(test).find((name) => learned.length > 0 && !learned.includes(name));
  if (other === undefined) return;
  throw new DataError(
    `${shown(folder)}: test images of ${shown(other)}, of which there are no training images; those are of ${learned.map(shown).join(", ")}`,
  );
}

function labelsOf(files: readonly ImageFile[], classes: readonly string[]): Split["labels"] {
  const place = new Map(classes.map((name, i) => [name, i]));
  const labels = files.flatMap(({ className }) => (className === null ? [] : place.get(className)!));
  return labels.length === 0 ? null : fromTypedArray(Int32Array.from(labels), [labels.length]);
}

/** Reads images of one size; the answer gives `count` of them from index `from` on as one tensor. */
async function readImages(files: readonly ImageFile[]): Promise<(from: number, count: number) => Split["inputs"]> {
  let shape: readonly number[] = [];
  let ink = new Float32Array();
  for (const [i, { path }] of files.entries()) {
    const image = parsePng(await readFileChecked(path), shown(path));
    if (i === 0) {
      shape = image.shape;
      ink = new Float32Array(files.length * image.size);
    }
    if (!sameShape(image.shape, shape)) {
      const [is, was] = [image.shape, shape].map(([height, width]) => `${width} x ${height}`);
      throw new DataError(
        `${shown(path)}: ${is} pixels, but ${shown(files[0].path)} has ${was}; bring all to one size`,
      );
    }
    ink.set(image.data, i * image.size);
  }
  const size = ink.length / files.length;
  return (from, count) => fromTypedArray(ink.slice(from * size, (from + count) * size), [count, ...shape]);
}
