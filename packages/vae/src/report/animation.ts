// Grey images one after another as a GIF that repeats without end.
// oxlint-disable-next-line typescript/triple-slash-reference -- whoever compiles these sources needs the types too
/// <reference path="./gifenc.d.ts" />

import {
  ArgumentError,
  checkOptions,
  concat,
  flip,
  formatShape,
  full,
  ShapeError,
  slice,
  type Tensor,
} from "@elbo/tensor";
import gifenc from "gifenc";
import { checkCount } from "../data/arguments.js";

/** How frames are shown. */
export interface AnimationOptions {
  /** The side, in pixels of the file, of one pixel of a frame: a whole number, 4 unless given. */
  readonly scale?: number;
  /** Milliseconds from one frame to the next, a multiple of 10; 80 unless given. */
  readonly delay?: number;
}

const GREYS = Array.from({ length: 256 }, (_, level) => [level, level, level] as const);

// Node sees the package as CommonJS, which has a default export alone; bundlers may see its ES module.
// oxlint-disable-next-line import/no-named-as-default-member
const newEncoder = "GIFEncoder" in gifenc ? gifenc.GIFEncoder : gifenc;

/**
 * Frames `[count, height, width]` as a GIF of 256 greys that repeats without end. Ink is dark, as in `imageGrid`: 0
 * becomes white and 1 black, values beyond are clamped, and a pixel that is not a number is white.
 * @throws ShapeError for other shapes, ArgumentError for a scale or a delay out of range
 * @see CompuServe 1990, "Graphics Interchange Format", version 89a
 * @example animation(frames, { scale: 6 })
 */
export function animation(frames: Tensor, options: AnimationOptions = {}): Uint8Array {
  const op = "animation";
  checkOptions(op, options, ["scale", "delay"]);
  const { scale = 4, delay = 80 } = options;
  if (frames.ndim !== 3 || frames.size === 0)
    throw new ShapeError(`needs frames [count, height, width], got ${formatShape(frames.shape)}`, { op });
  checkCount(op, "scale", scale, 1, Infinity);
  if (!(delay >= 10 && delay % 10 === 0 && delay < 2 ** 16 * 10))
    throw new ArgumentError(`delay is in milliseconds, a multiple of 10 from 10 on, got ${delay}`, { op });
  const [count, height, width] = [frames.shape[0], frames.shape[1] * scale, frames.shape[2] * scale];
  if (Math.max(height, width) >= 2 ** 16)
    throw new ArgumentError(`a GIF has sides below 65536, these frames have ${height} x ${width}`, { op });
  const encoder = newEncoder();
  for (let i = 0; i < count; i++) {
    const first = i === 0 ? { palette: GREYS, repeat: 0 } : {};
    encoder.writeFrame(enlarged(frames, i, scale), width, height, { delay, ...first });
  }
  encoder.finish();
  return encoder.bytes();
}

/** Frame `index` as grey levels, each pixel a square of `scale` by `scale`. */
function enlarged(frames: Tensor, index: number, scale: number): Uint8Array {
  const [, height, width] = frames.shape;
  const { data } = frames;
  const out = new Uint8Array(height * width * scale * scale);
  for (let y = 0, at = 0; y < height * scale; y++) {
    const row = (index * height + Math.floor(y / scale)) * width;
    for (let x = 0; x < width * scale; x++) {
      const ink = data[row + Math.floor(x / scale)];
      out[at++] = Number.isNaN(ink) ? 255 : Math.round(255 * (1 - Math.min(1, Math.max(0, ink))));
    }
  }
  return out;
}

/** Frames `[count, ...]` forth and, without the two at the ends, back again: a loop without a jump. */
export const thereAndBack = (frames: Tensor): Tensor =>
  concat([frames, flip(slice(frames, [{ start: 1, stop: Math.max(1, frames.shape[0] - 1) }]), 0)]);

/** Animations `[count, height, width]` of one size as one, side by side with two white pixels in between. */
export function sideBySide(animations: readonly Tensor[]): Tensor {
  const [count, height] = animations[0].shape;
  const gap = full([count, height, 2], 0);
  return concat(
    animations.flatMap((frames, i) => (i === 0 ? [frames] : [gap, frames])),
    { axis: 2 },
  );
}
