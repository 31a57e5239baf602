// How numbers are written in a report: a true minus sign, grouped thousands, words for what is not finite, the median.

const MINUS = "\u2212";

/** A number with a fixed count of decimals. */
export function fixed(value: number, decimals = 2): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : `${MINUS}∞`;
  const text = value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return text.replace(/^-/, /[1-9]/.test(text) ? MINUS : "");
}

/** A whole number with grouped thousands: `652,824`. */
export const whole = (value: number): string => fixed(value, 0);

/** A duration for people: `850 ms`, `41.3 s`, `12 min 5 s`, `3 h 7 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A fact for people: what is counted in seconds as a duration, other fractions with five digits. */
export function factText(name: string, value: string | number): string {
  if (typeof value === "string") return value;
  if (name.endsWith("seconds")) return duration(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}

/** The name of a fact without the unit that `factText` writes out. */
export const factName = (name: string): string => name.replace(/,? seconds$/, "");

/** The number of scalars in one example of this shape. */
export const dimensionsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The middle of the values, or the mean of the two in the middle; NaN where there are none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
