// The factors of a digit: what they are, the ranges they keep to, and how they are drawn.

import { foldIn } from "@elbo/tensor";
import { Draws } from "./draws.js";
import { SCAN } from "./scan.js";
import { clamp, exp } from "./scalar.js";
import { type Allograph, skeletons } from "./skeletons.js";
import type { Writer } from "./writer.js";

/** What was done to a digit to spoil it; about 2 % are spoilt. */
export type Damage = "none" | "gap" | "speckle" | "blob";

/**
 * The exact factors that made an image; `factorRanges` holds the bounds of the numbers. Lengths are in heights of the
 * skeleton (before the ink is fitted to its box) unless said otherwise. What is left to chance given the factors: the
 * wobble and the elastic field themselves (here are their sizes), pressure, over- and undershoot of the strokes' ends.
 */
export interface DigitFactors {
  /** The class, 0 .. 9. */
  readonly label: number;
  /** The name of the allograph, unique within its class. */
  readonly allograph: string;
  /** The weights with which the allograph's forms were blended; they sum to 1. */
  readonly blend: readonly number[];
  /** The hand that wrote it: 0 .. 1023 in train, 1024 .. 2047 in test. */
  readonly writer: number;
  /** Shear, dx per dy; positive leans right. */
  readonly slant: number;
  /** Rotation in radians; positive is clockwise on the page. */
  readonly rotation: number;
  /** Factor on the width of the skeleton. */
  readonly width: number;
  /** Width of the pen's line in pixels of the 28 x 28 image, where pressure is even. */
  readonly thickness: number;
  /** Factor on the spline's tangents: low is angular, 1 is Catmull-Rom, high is round. */
  readonly curvature: number;
  /** The share by which the line thins at the very ends of strokes. */
  readonly taper: number;
  /** Standard deviation of the smooth wobble along strokes, per component of its lowest order. */
  readonly wobble: number;
  /** Standard deviation of the elastic field. */
  readonly elastic: number;
  /** How many black-or-white pixels the longer side had before it was averaged down to 20. */
  readonly scan: number;
  readonly damage: Damage;
}

/** The least and the greatest value of every numeric factor. */
export const factorRanges = {
  slant: [-0.8, 1.2],
  rotation: [-0.4, 0.4],
  width: [0.5, 2],
  thickness: [1.2, 6],
  curvature: [0.7, 1.4],
  taper: [0, 0.7],
  wobble: [0.005, 0.08],
  elastic: [0.005, 0.1],
  scan: [SCAN.min, SCAN.max],
} as const satisfies Partial<Record<keyof DigitFactors, readonly [number, number]>>;

/** How a class differs from its writer's habits: in mean lean, its spread, and factors on the width and the line. */
interface ClassHabit {
  readonly lean: number;
  readonly spread: number;
  readonly width: number;
  readonly line: number;
}

const CLASS_HABITS: readonly ClassHabit[] = [
  { lean: 0.12, spread: 0.1, width: 1.06, line: 1.06 },
  { lean: 0.16, spread: 0.18, width: 1, line: 1.11 },
  { lean: 0, spread: 0.18, width: 1.12, line: 1.03 },
  { lean: -0.03, spread: 0.13, width: 1.07, line: 1 },
  { lean: 0.1, spread: 0.2, width: 1.03, line: 0.96 },
  { lean: 0.02, spread: 0.18, width: 1.12, line: 0.96 },
  { lean: 0, spread: 0.08, width: 1.05, line: 0.98 },
  { lean: -0.1, spread: 0.13, width: 1.1, line: 1.03 },
  { lean: 0.03, spread: 0.12, width: 1.04, line: 0.94 },
  { lean: 0.02, spread: 0.12, width: 1, line: 0.92 },
];

/** How often a hand writes the allograph that it prefers; otherwise it draws one by frequency. */
const LOYALTY = 0.7;

/** The factors, with the allograph itself beside its name. */
export interface Chosen {
  readonly factors: DigitFactors;
  readonly allograph: Allograph;
}

/** The factors of one digit: the hand's habits, how the class differs from them, and what varies from digit to digit. */
export function chooseFactors(label: number, hand: Writer, d: Draws): Chosen {
  const kinds = skeletons[label];
  const choice = d.chance(LOYALTY) ? hand.preferred[label] : d.weighted(kinds.map((kind) => kind.frequency));
  const allograph = kinds[choice];
  const leaning = new Draws(foldIn(hand.formKey, label * 16 + choice));
  const weights = allograph.forms.map(() => exp(1.1 * leaning.normal() + 0.8 * d.normal()));
  const total = weights.reduce((a, b) => a + b, 0);
  const habit = CLASS_HABITS[label];
  const within = (name: keyof typeof factorRanges, x: number): number => {
    const [low, high] = factorRanges[name];
    return clamp(x, low, high);
  };
  const factors: DigitFactors = {
    label,
    allograph: allograph.name,
    blend: weights.map((w) => w / total),
    writer: hand.id,
    slant: within("slant", hand.slant + habit.lean + habit.spread * d.normal()),
    rotation: within("rotation", hand.rotation + 0.06 * d.normal()),
    width: within("width", hand.width * habit.width * exp(0.14 * d.normal())),
    thickness: within("thickness", hand.thickness * habit.line * exp(0.1 * d.normal())),
    curvature: within("curvature", hand.curvature + 0.06 * d.normal()),
    taper: within("taper", hand.taper + 0.05 * d.normal()),
    wobble: within("wobble", hand.wobble * exp(0.2 * d.normal())),
    elastic: within("elastic", 0.046 * exp(0.3 * d.normal())),
    scan: d.between(SCAN.min, SCAN.max),
    damage: chooseDamage(d.uniform()),
  };
  return { factors, allograph };
}

function chooseDamage(u: number): Damage {
  return u < 0.008 ? "gap" : u < 0.014 ? "speckle" : u < 0.02 ? "blob" : "none";
}
