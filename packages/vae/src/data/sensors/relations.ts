// The pump that the sensor table imagines: what its twelve sensors show of three hidden factors.

import { cos, exp, sin, slice, square, stack, tanh, type Tensor } from "@elbo/tensor";

/** A state is drive, valve and weather, `[count, 3]`, each uniform on [-1, 1). */
export const FACTORS = 3;

/** One sensor: it reads `middle + swing (signal + noise)`, in the unit that its name gives. */
interface Sensor {
  readonly name: string;
  readonly middle: number;
  readonly swing: number;
  /** About -1 to 1, from drive, valve and weather, `[count]` each. */
  readonly signal: (drive: Tensor, valve: Tensor, weather: Tensor) => Tensor;
}

/** Products, saturations and sines, so that few readings are linear in others, while all follow from three factors. */
export const pump: readonly Sensor[] = [
  { name: "speed (rpm)", middle: 1450, swing: 300, signal: (a) => sin(a.mul(1.5)) },
  { name: "valve opening (%)", middle: 50, swing: 45, signal: (_, b) => tanh(b.mul(2)) },
  { name: "water temperature (C)", middle: 15, swing: 8, signal: (_, __, c) => sin(c.mul(2.2)) },
  { name: "flow (m3/h)", middle: 60, swing: 40, signal: (a, b) => a.add(1).mul(tanh(b.mul(1.5))) },
  { name: "head (m)", middle: 40, swing: 15, signal: (a, b) => square(a.sub(b)).sub(0.7) },
  { name: "shaft power (kW)", middle: 18, swing: 6, signal: (a, b, c) => a.mul(b).mul(2).add(c.mul(0.5)) },
  { name: "motor current (A)", middle: 35, swing: 10, signal: (a, _, c) => tanh(a.mul(3).add(c)).mul(c.add(1)) },
  { name: "vibration (mm/s)", middle: 3, swing: 1.5, signal: (a, b) => sin(a.mul(4).add(b)) },
  { name: "noise (dB)", middle: 78, swing: 6, signal: (a, b, c) => cos(a.mul(3)).add(b.mul(c)) },
  { name: "bearing temperature (C)", middle: 55, swing: 10, signal: (a, b, c) => sin(c.mul(2.5).add(a.mul(b).mul(2))) },
  {
    name: "oil pressure (bar)",
    middle: 4,
    swing: 1,
    signal: (a, _, c) => exp(c.neg()).mul(a.mul(0.5).add(1)).sub(1.2),
  },
  { name: "seal leakage (ml/h)", middle: 8, swing: 3, signal: (_, b, c) => exp(b.mul(sin(c.mul(3)))).sub(1.1) },
];

/** What the sensors show of states `[count, 3]`: `[count, 12]`, in swings about the middle, without noise. */
export function signals(states: Tensor): Tensor {
  const [drive, valve, weather] = Array.from({ length: FACTORS }, (_, i) => slice(states, [null, i]));
  return stack(
    pump.map(({ signal }) => signal(drive, valve, weather)),
    { axis: 1 },
  );
}
