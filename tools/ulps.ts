// Writes docs/special-functions.md: how far the special functions are from double, measured on their SIMD kernels.
// `pnpm run ulps` after a change of meanings; a test holds the page to the measurement.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { evaluate } from "@elbo/tensor";
import { defineMap, instantiate, MAP_STEP, ModuleBuilder, newMemory } from "@elbo/tensor/kernels";
import { type Measured, measure, measurePow, type Over, POW_WITHIN } from "../packages/tensor/test/ulps.js";

/** The function of a meaning by its SIMD kernel. */
const bySimd: Over = (meaning, ...xs) => {
  const builder = new ModuleBuilder();
  defineMap(builder, "map", meaning);
  const count = xs[0].length;
  const bytes = Math.ceil((4 * count) / MAP_STEP) * MAP_STEP;
  const memory = newMemory(bytes * (1 + xs.length));
  const places = xs.map((_, k) => (k + 1) * bytes);
  xs.forEach((x, k) => new Float32Array(memory.buffer, places[k]).set(x));
  instantiate(builder.bytes, memory).map(bytes, 0, ...places);
  return new Float32Array(memory.buffer.slice(0, 4 * count));
};

/** Of each function: its reference in double, and what holds of it to the bit. */
const NOTES: Readonly<Record<string, readonly [reference: string, holds: string]>> = {
  exp: ["`Math.exp`", ""],
  expm1: ["`Math.expm1`", ""],
  expm1mx: ["the power series for \\|x\\| <= 1, `Math.expm1(x) - x` beyond", "never negative"],
  log: ["`Math.log`", ""],
  log1p: ["`Math.log1p`", ""],
  log1mExp: ["`log(-expm1(x))` above -ln 2, `log1p(-exp(x))` below", ""],
  tanh: ["`Math.tanh`", "odd"],
  sigmoid: ["`exp(x) / (1 + exp(x))` below 0, `1 / (1 + exp(-x))` from 0 on", ""],
  softplus: ["`max(x, 0) + log1p(exp(-abs(x)))`", ""],
  logSigmoid: ["`-softplus(-x)`", ""],
  silu: ["`x sigmoid(x)`", ""],
  geluTanh: ["`x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3))`", ""],
  erf: ["the series 7.1.6 of Abramowitz and Stegun for \\|x\\| < 1, `1 - erfc` beyond", "odd"],
  erfc: ["`1 - erf` for \\|x\\| < 1, the continued fraction 7.1.14 beyond", ""],
  gelu: ["`x / 2 erfc(-x / sqrt(2))`", ""],
  sinTurns: ["exact reduction to quarters of a turn, `Math.sin` and `Math.cos` there", "odd; exact at quarters"],
  cosTurns: ["as `sinTurns`", "even; exact at quarters"],
  sin: ["`Math.sin`", "odd; within [-1, 1]"],
  cos: ["`Math.cos`", "even; within [-1, 1]"],
};

/** A float32 in as many digits as tell it from its neighbours. */
const shown = (x: number): string => (Object.is(x, -0) ? "-0" : String(Number(x.toPrecision(9))));

const ulps = (x: number): string => x.toFixed(3);

const rangeOf = ({ upTo }: Measured): string => (upTo === undefined ? "every x" : `\\|x\\| <= 2^${Math.log2(upTo)}`);

function errorRow(row: Measured): string {
  const { meaning, within, everywhere, densely } = row;
  const cells = [ulps(everywhere.ulps), shown(everywhere.at), ulps(densely.ulps), shown(densely.at)];
  return `| ${[`\`${meaning.name}\``, within, ...cells, rangeOf(row)].join(" | ")} |`;
}

function noteRow({ meaning }: Measured): string {
  const values = [-Infinity, -0, 0, Infinity].map((x) => shown(evaluate(meaning, [x])));
  return `| ${[`\`${meaning.name}\``, ...values, ...NOTES[meaning.name]].join(" | ")} |`;
}

/** The page. */
export function specialFunctions(): string {
  const rows = measure(bySimd);
  const pow = measurePow(bySimd);
  return `# Special functions

Exponentials, logarithms, the error function and the like are computed in float32 by programs of Elbo's own, which give
the same bits on every machine. This page says how far they are from the true value. It is written by \`pnpm run ulps\`,
and a test fails where it no longer says what is measured.

\`\`\`ts
import { erf, log, sigmoid, softplus, tensor } from "@elbo/tensor";

log(tensor(1 - 1e-5)).item() * 1e5; // -1.001...
softplus(tensor(100)).item(); // 100
sigmoid(tensor(-100)).item() > 0; // true
erf(tensor(-0)).item(); // -0
\`\`\`

## Errors

An ulp is the distance between neighbouring float32 numbers where the true value lies: 2^-23 for values in [1, 2), 2^-149
among the subnormals. A correctly rounded function errs by half an ulp at most. The true value is a reference in double.

- *worst*: over 300 numbers of each of the 255 finite exponents and of each sign, the ends of the binade among them and
  subnormals included; and the argument that searches found worst. For \`sin\` and \`cos\` the search went over every float
  from 2^-12 to 2^24, so that theirs is the worst there is. For the others it took every fifth float of some binades,
  and every float where a sample errs most or where results pass a power of two; a worse one may be left.
- *densely*: 40,000 numbers with sizes from 2^-14 to 2^7.

The numbers are fixed. The kernels are those of WebAssembly SIMD; compiled text and direct interpretation give the same
bits. The columns *at* say where the worst error is. float64 tensors use the references themselves. \`sinTurns\` and
\`cosTurns\` (sine and cosine of turns instead of radians) are meanings of \`@elbo/tensor\`'s \`meaning\`, not functions of
their own: normal numbers are made with them.

\`sin\` and \`cos\` take |x| beyond 2^24, where neighbouring floats are more than a radian apart, for 2^24.

| function | asked | worst | at | densely | at | holds for |
| --- | --: | --: | --: | --: | --: | --- |
${rows.map(errorRow).join("\n")}

\`pow(x, y)\` is asked for ${POW_WITHIN} ulp. Over bases of every exponent, and exponents such that results go from 2^-150 to
2^129, its worst is ${ulps(pow.ulps)}, at (${shown(pow.at)}, ${shown(pow.exponent)}). \`logAddExp(x, y)\` has a root, next to which no bound
in ulps can hold: it is within half an ulp of the result plus 2.3 2^-24.

## Values at the ends, and references

What each function gives at infinities and zeros, its reference, and what holds to the bit. All are NaN at NaN.

| function | at -Infinity | at -0 | at 0 | at Infinity | reference in double | holds |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map(noteRow).join("\n")}

\`pow\` treats zeros, infinities, NaN and negative bases as C99's \`powf\` (annex F.9.4.4): \`pow(x, 0)\` and \`pow(1, y)\` are 1
even for NaN.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("../docs/special-functions.md", import.meta.url), specialFunctions());
}
