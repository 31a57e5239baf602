// A reader of GIF 89a files, as little of it as the tests need: sizes, delays, repetitions and the pixels of each frame.

export interface Gif {
  readonly width: number;
  readonly height: number;
  /** 0: without end; null: it says nothing of repetitions. */
  readonly repeats: number | null;
  readonly frames: readonly { readonly delay: number; readonly grey: readonly number[] }[];
}

/** @see CompuServe 1990, "Graphics Interchange Format", version 89a */
export function readGif(bytes: Uint8Array): Gif {
  const text = (at: number, length: number): string => String.fromCharCode(...bytes.subarray(at, at + length));
  const word = (at: number): number => bytes[at] + 256 * bytes[at + 1];
  if (text(0, 6) !== "GIF89a") throw new Error("is no GIF 89a");
  const palette = bytes.subarray(13, 13 + 3 * 2 ** (1 + (bytes[10] & 7)));
  let at = 13 + palette.length;
  let delay = 0;
  let repeats: number | null = null;
  const frames: { delay: number; grey: number[] }[] = [];
  const blocks = (): number[] => {
    const out: number[] = [];
    for (; bytes[at] !== 0; at += 1 + bytes[at]) out.push(...bytes.subarray(at + 1, at + 1 + bytes[at]));
    at++;
    return out;
  };
  while (bytes[at] !== 0x3b) {
    if (bytes[at] === 0x2c) {
      if (bytes[at + 9] !== 0) throw new Error("a frame has a palette of its own, or is interlaced");
      const size = bytes[at + 10];
      at += 11;
      frames.push({ delay, grey: unpack(blocks(), size).map((index) => palette[3 * index]) });
    } else if (bytes[at] === 0x21) {
      const label = bytes[at + 1];
      if (label === 0xf9) delay = 10 * word(at + 4);
      if (label === 0xff && text(at + 3, 11) === "NETSCAPE2.0") repeats = word(at + 16);
      at += 2;
      blocks();
    } else throw new Error(`byte ${at} is no block`);
  }
  return { width: word(6), height: word(8), repeats, frames };
}

/** Undoes LZW with codes of `size + 1` bits on, the least significant bit first (appendix F of the format). */
function unpack(bytes: readonly number[], size: number): number[] {
  const clear = 2 ** size;
  const out: number[] = [];
  let table: number[][] = [];
  let width = size + 1;
  let bit = 0;
  const next = (): number => {
    let code = 0;
    for (let i = 0; i < width; i++, bit++) code += ((bytes[bit >> 3] >> (bit & 7)) & 1) << i;
    return code;
  };
  let previous: readonly number[] = [];
  for (let code = next(); code !== clear + 1; code = next()) {
    if (code === clear) {
      table = Array.from({ length: clear + 2 }, (_, i) => [i]);
      [width, previous] = [size + 1, []];
      continue;
    }
    const entry = table[code] ?? [...previous, previous[0]];
    out.push(...entry);
    if (previous.length > 0 && table.length < 4096) table.push([...previous, entry[0]]);
    if (table.length === 2 ** width && width < 12) width++;
    previous = entry;
  }
  return out;
}
