// PNG files as grey images: ink on paper, as the report writes them.

import { fromTypedArray, type Tensor } from "@elbo/tensor";
import { convertIndexedToRgb, decode, type DecodedPng, hasPngSignature } from "fast-png";
import { DataError } from "./errors.js";

/** More than models of whole images take; a damaged header must not ask for gigabytes. */
const MOST_PIXELS = 2 ** 26;

/** Rec. 709 in ten-thousandths: whole numbers keep r = g = b the exact grey. */
const RED = 2126;
const GREEN = 7152;
const BLUE = 722;
const WEIGHTS = RED + GREEN + BLUE;

/** Pixels as whole numbers 0..max: grey, grey and opacity, red green blue, or those and opacity. */
interface Samples {
  readonly data: ArrayLike<number>;
  readonly channels: number;
  readonly max: number;
  /** The one colour that is transparent, where there is one. */
  readonly hole: ArrayLike<number> | undefined;
}

/**
 * Reads a PNG file of any kind as ink: `opacity (1 - luminance)`, so white and transparent are 0 and black is 1, with
 * `luminance = 0.2126 R + 0.7152 G + 0.0722 B` of the stored levels. What `imageGrid` wrote is read as it was, rounded
 * to 1/255.
 *
 * @param bytes the whole file
 * @param name what messages call it
 * @returns `[height, width]`, float32, 0..1
 * @throws DataError where the bytes are no PNG, are damaged or cut short, or have more than 2^26 pixels
 * @see PNG Specification, third edition, section 11.2.1; ITU-R BT.709, item 3.2
 * @example parsePng(await readFileChecked("seven.png"), "seven.png").shape // [28, 28]
 */
export function parsePng(bytes: Uint8Array, name: string): Tensor {
  if (!hasPngSignature(bytes))
    throw new DataError(`${name}: is no PNG image; convert it, or take it out of the folder`);
  checkHeader(bytes, name);
  try {
    const image = decode(bytes, { checkCrc: true });
    const ink = inkOf(samplesOf(image, bytes[COLOUR_TYPE] === INDEXED), image.width * image.height);
    return fromTypedArray(ink, [image.height, image.width]);
  } catch (cause) {
    throw new DataError(`${name}: the PNG image is damaged or cut short; fetch it again`, { cause });
  }
}

/** Where the header, which always comes first, has its fields. */
const WIDTH = 16;
const HEIGHT = 20;
const DEPTH = 24;
const COLOUR_TYPE = 25;
const INTERLACE = 28;
const INDEXED = 3;

function checkHeader(bytes: Uint8Array, name: string): void {
  if (bytes.length <= INTERLACE) throw new DataError(`${name}: the PNG image ends in its header; fetch it again`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(WIDTH), view.getUint32(HEIGHT)];
  if (width * height === 0 || width * height > MOST_PIXELS) {
    throw new DataError(`${name}: ${width} x ${height} pixels; images have 1 to ${MOST_PIXELS} of them`);
  }
  // The decoder reads the passes of interlaced images by whole bytes.
  if (bytes[INTERLACE] !== 0 && bytes[DEPTH] < 8) {
    throw new DataError(`${name}: is interlaced with ${bytes[DEPTH]} bits a sample; save it without interlacing`);
  }
}

function samplesOf(image: DecodedPng, indexed: boolean): Samples {
  const { depth, channels, data, transparency: hole } = image;
  if (indexed) {
    const colours = convertIndexedToRgb(image);
    return { data: colours, channels: colours.length / (image.width * image.height), max: 255, hole: undefined };
  }
  return { data: depth < 8 ? unpack(image) : data, channels, max: 2 ** depth - 1, hole };
}

/** Samples of 1, 2 or 4 bits, the first in the highest bits; each row starts a new byte. */
function unpack({ width, height, depth, data }: DecodedPng): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * stride + (bit >> 3)];
    out[i] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  }
  return out;
}

/** One division of whole numbers for each pixel, so that every ink is rounded once. */
function inkOf({ data, channels, max, hole }: Samples, count: number): Float32Array {
  const colours = channels < 3 ? 1 : 3;
  return Float32Array.from({ length: count }, (_, pixel) => {
    const at = pixel * channels;
    const [r, g, b] = colours === 1 ? [data[at], data[at], data[at]] : [data[at], data[at + 1], data[at + 2]];
    const inHole = hole !== undefined && r === hole[0] && (colours === 1 || (g === hole[1] && b === hole[2]));
    const opacity = inHole ? 0 : channels > colours ? data[at + colours] : max;
    return ((RED * (max - r) + GREEN * (max - g) + BLUE * (max - b)) * opacity) / (WEIGHTS * max * max);
  });
}
