// Noise that hides an example from the encoder while the decoder is still asked for the clean one.

import {
  add,
  clamp,
  gather,
  greaterEqual,
  less,
  mul,
  normal,
  randomInt,
  split as splitKey,
  uniform,
  type Value,
  where,
} from "@elbo/autograd";
import { ArgumentError, formatShape, fromTypedArray, type Key, ShapeError, type Tensor } from "@elbo/tensor";

/**
 * `gaussian`: adds level * N(0, 1). `salt-pepper`: a share of the elements, the level, becomes 0 or 1, each as likely.
 * `masking`: that share becomes 0.
 */
export type NoiseKind = "gaussian" | "salt-pepper" | "masking";

/** One kind of noise at one level: a standard deviation for `gaussian`, a share from 0 to 1 for the others. */
export interface Noise {
  readonly kind: NoiseKind;
  readonly level: number;
}

/** Each example draws one of these at random; an empty list leaves it as it is. */
export type Corruption = readonly Noise[];

const KINDS: readonly NoiseKind[] = ["gaussian", "salt-pepper", "masking"];

/** `gaussian:0.5` */
export const noiseName = ({ kind, level }: Noise): string => `${kind}:${level}`;

/**
 * Noise from its name.
 * @throws ArgumentError where it is none
 * @example parseNoise("salt-pepper:0.2") // { kind: "salt-pepper", level: 0.2 }
 */
export function parseNoise(name: string): Noise {
  const [kind, level, ...rest] = name.split(":");
  const noise = { kind: kind as NoiseKind, level: level === undefined || level.trim() === "" ? NaN : Number(level) };
  if (rest.length > 0) throw notNoise(JSON.stringify(name));
  checkNoise(noise);
  return noise;
}

/** Refuses what is no noise. */
export function checkNoise(noise: Noise): void {
  const { kind, level } = noise;
  if (!KINDS.includes(kind) || !Number.isFinite(level) || level < 0 || (kind !== "gaussian" && level > 1))
    throw notNoise(`${kind}:${level}`);
}

const notNoise = (got: string): ArgumentError =>
  new ArgumentError(
    `noise is gaussian:SIGMA, salt-pepper:SHARE or masking:SHARE with SIGMA of 0 or more and SHARE from 0 to 1, got ${got}`,
    { op: "corrupt" },
  );

/** Whether values are cut off at 0 and 1 after the noise, as a camera or a file of pixels would. */
export interface CorruptOptions {
  readonly clip: boolean;
}

/**
 * Rows `[count, dimensions]` with noise: each row draws one member of the corruption. Same key, same noise.
 * @throws ShapeError for other shapes, ArgumentError for noise that is none, and for `salt-pepper` where values are not
 *   clipped, for it means pixels
 * @see Vincent et al. 2010, Stacked denoising autoencoders, section 3.3
 * @example corrupt([{ kind: "gaussian", level: 0.5 }], rows, key(1), { clip: true })
 */
export function corrupt(corruption: Corruption, rows: Tensor, key: Key, options: CorruptOptions): Tensor;
export function corrupt(corruption: Corruption, rows: Value, key: Key, options: CorruptOptions): Value;
export function corrupt(corruption: Corruption, rows: Value, key: Key, { clip }: CorruptOptions): Value {
  if (corruption.length === 0) return rows;
  if (rows.ndim !== 2) {
    throw new ShapeError(`takes rows [count, dimensions], got ${formatShape(rows.shape)}`, {
      op: "corrupt",
      shapes: [rows.shape],
    });
  }
  for (const noise of corruption) checkNoise(noise);
  const [choiceKey, gaussianKey, pepperKey, maskKey] = splitKey(key, 4);
  const choice = randomInt(choiceKey, [rows.shape[0], 1], { high: corruption.length });
  /** The level of one kind in each row, `[count, 1]`: 0 in the rows that drew another kind; null where none has it. */
  const levelOf = (kind: NoiseKind): Value | null => {
    const levels = corruption.map((noise) => (noise.kind === kind ? noise.level : 0));
    return levels.some((level) => level > 0) ? gather(fromTypedArray(Float32Array.from(levels)), choice) : null;
  };
  const [sigma, peppered, masked] = KINDS.map(levelOf);
  if (peppered !== null && !clip) {
    throw new ArgumentError("salt-pepper turns pixels black or white; for other data use gaussian or masking", {
      op: "corrupt",
    });
  }
  let noisy: Value = rows;
  if (sigma !== null) noisy = add(noisy, mul(sigma, normal(gaussianKey, rows.shape)));
  if (peppered !== null) {
    const u = uniform(pepperKey, rows.shape);
    noisy = where(less(u, mul(0.5, peppered)), 0, where(less(u, peppered), 1, noisy));
  }
  if (masked !== null) noisy = where(greaterEqual(uniform(maskKey, rows.shape), masked), noisy, 0);
  return clip ? clamp(noisy, 0, 1) : noisy;
}
