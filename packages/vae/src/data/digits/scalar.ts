// sin, cos, exp and log from + - * / alone, so that they give the same bits on every runtime (Math.sin may not).

const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** (-1)^n / (2n + 1) for n = 8 .. 1, and (-1)^n / (2n) for n = 9 .. 1; every factorial here is exact in a double. */
const SIN = [
  1 / 355687428096000,
  -1 / 1307674368000,
  1 / 6227020800,
  -1 / 39916800,
  1 / 362880,
  -1 / 5040,
  1 / 120,
  -1 / 6,
];
const COS = [
  -1 / 6402373705728000,
  1 / 20922789888000,
  -1 / 87178291200,
  1 / 479001600,
  -1 / 3628800,
  1 / 40320,
  -1 / 720,
  1 / 24,
  -1 / 2,
];

/** sin r for |r| <= pi/4: the Taylor series to r^17. */
function sinSmall(r: number): number {
  const z = r * r;
  let sum = SIN[0];
  for (let i = 1; i < SIN.length; i++) sum = sum * z + SIN[i];
  return r + r * z * sum;
}

/** cos r for |r| <= pi/4: the Taylor series to r^18. */
function cosSmall(r: number): number {
  const z = r * r;
  let sum = COS[0];
  for (let i = 1; i < COS.length; i++) sum = sum * z + COS[i];
  return 1 + z * sum;
}

/** sin(x + quadrant pi/2), by x = k pi/2 + r with |r| <= pi/4 (Cody and Waite's two-part reduction; |x| < 1e5). */
function sinQuadrant(x: number, quadrant: number): number {
  const k = Math.floor(x / (HALF_PI_HIGH + HALF_PI_LOW) + 0.5);
  const r = x - k * HALF_PI_HIGH - k * HALF_PI_LOW;
  switch ((k + quadrant) & 3) {
    case 0:
      return sinSmall(r);
    case 1:
      return cosSmall(r);
    case 2:
      return -sinSmall(r);
    default:
      return -cosSmall(r);
  }
}

/** The sine of x radians, |x| < 1e5, to about 1e-15. */
export const sin = (x: number): number => sinQuadrant(x, 0);

/** The cosine of x radians, |x| < 1e5, to about 1e-15. */
export const cos = (x: number): number => sinQuadrant(x, 1);

/** e^x for |x| < 700, to about 1e-15 relative: x = k ln 2 + r, |r| <= ln(2)/2, the Taylor series to r^14, times 2^k. */
export function exp(x: number): number {
  const k = Math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (r / n) * sum;
  for (let i = 0; i < k; i++) sum *= 2;
  for (let i = 0; i > k; i--) sum /= 2;
  return sum;
}

/** ln x for normal x > 0, to about 1e-15: x = 2^k m, m in [sqrt 1/2, sqrt 2], ln m = 2 atanh((m - 1) / (m + 1)). */
export function log(x: number): number {
  let m = x;
  let k = 0;
  for (; m < Math.SQRT1_2; k--) m *= 2;
  for (; m > Math.SQRT2; k++) m /= 2;
  const f = (m - 1) / (m + 1);
  const z = f * f;
  let sum = 1 / 23;
  for (let n = 21; n >= 1; n -= 2) sum = 1 / n + z * sum;
  return k * LN2_HIGH + (k * LN2_LOW + 2 * f * sum);
}

/** The number in [low, high] nearest to x. */
export const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
