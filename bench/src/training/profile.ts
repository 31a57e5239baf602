// Where the time of a compiled step goes: its kernels by time, each beside the limit of one core.

/** A kernel of a program, over all its runs. */
export interface KernelTime {
  readonly name: string;
  readonly seconds: number;
  /** Multiplications and additions of its products; 0 for a loop over elements. */
  readonly flops: number;
}

/** Kernels that take less than this share of the time are told together. */
const SHOWN = 0.005;

/** A line for each kernel, the slowest first: its share of the time, its GFLOP/s, its share of the limit. */
export function profileLines(kernels: readonly KernelTime[], limitGflops: number): string[] {
  const total = kernels.reduce((sum, { seconds }) => sum + seconds, 0);
  const shown = kernels.filter(({ seconds }) => seconds >= SHOWN * total).sort((a, b) => b.seconds - a.seconds);
  const rest = total - shown.reduce((sum, { seconds }) => sum + seconds, 0);
  const percent = (seconds: number): string => `${((100 * seconds) / total).toFixed(1)} %`.padStart(8);
  const lines = shown.map(({ name, seconds, flops }) => {
    const gflops = flops / seconds / 1e9;
    const speed = flops === 0 ? "" : ` ${gflops.toFixed(1)} GFLOP/s, ${(gflops / limitGflops).toFixed(2)} of the limit`;
    return `${percent(seconds)}  ${name}${speed}`;
  });
  const others = kernels.length - shown.length;
  return others > 0 ? [...lines, `${percent(rest)}  the other ${others}`] : lines;
}
