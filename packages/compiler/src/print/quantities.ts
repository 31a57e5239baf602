// Numbers of a program as text: bytes, operations, time, and float32 numbers by their fewest digits.

/** `204800` as `200 KiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 2 ** 20 ? `${threeDigits(bytes / 1024)} KiB` : `${threeDigits(bytes / 2 ** 20)} MiB`;
}

/** Floating-point operations: `80281600` as `80.3 MFLOP`. */
export function flopsText(flops: number): string {
  if (flops < 1e3) return `${flops} FLOP`;
  if (flops < 1e6) return `${threeDigits(flops / 1e3)} kFLOP`;
  return flops < 1e9 ? `${threeDigits(flops / 1e6)} MFLOP` : `${threeDigits(flops / 1e9)} GFLOP`;
}

/** Milliseconds, with two decimals below ten. */
export const millisecondsText = (milliseconds: number): string =>
  `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;

/** `1 function`, `2 functions`. */
export const countText = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const threeDigits = (x: number): string => String(x >= 100 ? Math.round(x) : Number(x.toPrecision(3)));

/** The shortest decimal that stands for a float32 number: 0.9, not 0.8999999761581421. */
export function floatText(x: number): string {
  if (Object.is(x, -0)) return "-0";
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return String(short);
  }
  return String(x);
}
