// Derivatives by finite differences, with an estimate of their own error.

/** A difference quotient and how far it can be trusted. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

const EPSILON = 2 ** -52;

/**
 * The derivative of a function of one number at 0, from central differences `D(h) = (f(h) - f(-h)) / 2h`. The error of
 * D(h) is `c h^2`, so Richardson's `(4 D(h/2) - D(h)) / 3` leaves `h^4`; what D(h/2) still differs from it bounds the
 * truncation, and the rounding of f adds `eps |f| / h`.
 */
export function directionalDerivative(f: (step: number) => number, step = 1e-3): Estimate {
  const [far, near] = [central(f, step), central(f, step / 2)];
  const value = (4 * near.slope - far.slope) / 3;
  const rounding = (8 * EPSILON * Math.max(far.size, near.size)) / step;
  return { value, error: Math.abs(value - near.slope) + rounding };
}

/** The central difference quotient, and the size of what was subtracted. */
export function central(f: (step: number) => number, step: number): { slope: number; size: number } {
  const [above, below] = [f(step), f(-step)];
  return { slope: (above - below) / (2 * step), size: Math.max(Math.abs(above), Math.abs(below)) };
}
