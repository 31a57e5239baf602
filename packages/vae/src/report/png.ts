// Grey images as PNG files: grids, and inputs above their reconstructions.

import { ArgumentError, ShapeError, type Tensor } from "@elbo/tensor";
import { encode } from "fast-png";

/** How images are laid out. */
export interface GridOptions {
  /** Images per row; 10 unless said otherwise, or all of them if there are fewer. */
  readonly columns?: number;
  /** The side, in pixels of the file, of one pixel of an image: a whole number, 1 unless said otherwise. */
  readonly scale?: number;
  /** Transparent space between neighbours, in pixels of the file; 2 unless said otherwise. */
  readonly gap?: number;
  /** The height of one image, for images that come as rows `[n, height * width]`. */
  readonly height?: number;
  /** The width of one image, for images that come as rows. */
  readonly width?: number;
}

/** Images that are known to be `[count, height, width]`, row-major. */
interface Images {
  readonly pixels: ArrayLike<number>;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** A canvas of two bytes per pixel: grey and opacity. It starts transparent. */
interface Canvas {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Images `[n, height, width]` side by side, left to right and top to bottom, as a grey PNG with transparent gaps.
 * Ink is dark: 0 becomes white and 1 black, values beyond are clamped, and a pixel that is not a number is transparent.
 * @throws ShapeError for other shapes, ArgumentError for no images or a layout that cannot be
 */
export function imageGrid(images: Tensor, options: GridOptions = {}): Uint8Array {
  const source = readImages("imageGrid", images, options);
  const { columns, scale, gap } = readLayout("imageGrid", source.count, options);
  const rows = Math.ceil(source.count / columns);
  const stepX = source.width * scale + gap;
  const stepY = source.height * scale + gap;
  const canvas = blank(columns * stepX - gap, rows * stepY - gap);
  for (let i = 0; i < source.count; i++) {
    paint(canvas, source, i, (i % columns) * stepX, Math.floor(i / columns) * stepY, scale);
  }
  return file(canvas);
}

/**
 * Each input above its reconstruction, `columns` pairs per row, and three gaps between one row of pairs and the next.
 * Grey levels as in `imageGrid`.
 * @throws ShapeError where the two do not hold the same number of images of the same size
 */
export function pairedStrip(inputs: Tensor, reconstructions: Tensor, options: GridOptions = {}): Uint8Array {
  const above = readImages("pairedStrip", inputs, options);
  const below = readImages("pairedStrip", reconstructions, options);
  if (above.count !== below.count || above.height !== below.height || above.width !== below.width) {
    throw new ShapeError(
      `each input needs a reconstruction of its own size: ${describe(inputs)} and ${describe(reconstructions)}`,
      {
        op: "pairedStrip",
        shapes: [inputs.shape, reconstructions.shape],
      },
    );
  }
  const { columns, scale, gap } = readLayout("pairedStrip", above.count, options);
  const rows = Math.ceil(above.count / columns);
  const stepX = above.width * scale + gap;
  const stepY = above.height * scale + gap;
  const pairStep = 2 * stepY + 2 * gap;
  const canvas = blank(columns * stepX - gap, rows * pairStep - 3 * gap);
  for (let i = 0; i < above.count; i++) {
    const x = (i % columns) * stepX;
    const y = Math.floor(i / columns) * pairStep;
    paint(canvas, above, i, x, y, scale);
    paint(canvas, below, i, x, y + stepY, scale);
  }
  return file(canvas);
}

/** A picture as an address that a page can hold in itself; a PNG unless another type is said. */
export function dataUri(picture: Uint8Array, type = "image/png"): string {
  let binary = "";
  for (let at = 0; at < picture.length; at += 0x2000)
    binary += String.fromCharCode(...picture.subarray(at, at + 0x2000));
  return `data:${type};base64,${btoa(binary)}`;
}

/** The width and height that a PNG states in its header (PNG specification, 11.2.2: IHDR). */
export function pngSize(png: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function readImages(op: string, images: Tensor, options: GridOptions): Images {
  const [count = 0, ...rest] = images.shape;
  const [height, width] = rest.length === 1 ? [options.height ?? 0, options.width ?? 0] : [rest[0] ?? 0, rest[1] ?? 0];
  if (images.ndim < 2 || images.ndim > 3 || height * width * count !== images.size || height * width === 0) {
    const hint = images.ndim === 2 ? "; rows need { height, width } whose product is their length" : "";
    throw new ShapeError(`needs images [n, height, width], got ${describe(images)}${hint}`, {
      op,
      shapes: [images.shape],
    });
  }
  if (count === 0) throw new ArgumentError("needs at least one image", { op, shapes: [images.shape] });
  return { pixels: images.data, count, height, width };
}

function readLayout(op: string, count: number, options: GridOptions): { columns: number; scale: number; gap: number } {
  const layout = { columns: Math.min(options.columns ?? 10, count), scale: options.scale ?? 1, gap: options.gap ?? 2 };
  const minimum = { columns: 1, scale: 1, gap: 0 };
  for (const key of ["columns", "scale", "gap"] as const) {
    if (!Number.isInteger(layout[key]) || layout[key] < minimum[key]) {
      throw new ArgumentError(`${key} must be a whole number from ${minimum[key]} on, got ${layout[key]}`, { op });
    }
  }
  return layout;
}

const describe = (images: Tensor): string => `[${images.shape.join(", ")}]`;

const blank = (width: number, height: number): Canvas => ({ bytes: new Uint8Array(2 * width * height), width, height });

/** Puts image `index`, enlarged `scale` times, with its upper left corner at (x0, y0). */
function paint(canvas: Canvas, images: Images, index: number, x0: number, y0: number, scale: number): void {
  const { pixels, width, height } = images;
  const first = index * width * height;
  for (let y = 0; y < height * scale; y++) {
    const row = first + Math.floor(y / scale) * width;
    let at = 2 * ((y0 + y) * canvas.width + x0);
    for (let x = 0; x < width * scale; x++) {
      const ink = pixels[row + Math.floor(x / scale)];
      canvas.bytes[at++] = Math.round(255 * (1 - Math.min(1, Math.max(0, ink))));
      canvas.bytes[at++] = Number.isNaN(ink) ? 0 : 255;
    }
  }
}

const file = (canvas: Canvas): Uint8Array =>
  encode({ width: canvas.width, height: canvas.height, data: canvas.bytes, depth: 8, channels: 2 });
