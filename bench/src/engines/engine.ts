// What the laboratory asks of whoever computes: open it, give it work, let it time itself.

/** `[m, k]` by `[k, n]`; the operands are row-major as STORED, and the flags say how they are read. */
export interface MatmulProblem {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** `a` is stored `[k, m]`. */
  readonly transposeA: boolean;
  /** `b` is stored `[n, k]`. */
  readonly transposeB: boolean;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

export const UNARY = ["exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "erf", "sin", "cos"] as const;
export const FUNCTIONS = [...UNARY, "add", "sum", "normal"] as const;
export type UnaryName = (typeof UNARY)[number];
export type FunctionName = (typeof FUNCTIONS)[number];

/** `n` elements in each input: one for the unary functions and `sum`, two for `add`, none for `normal`. */
export interface ElementwiseProblem {
  readonly name: FunctionName;
  readonly n: number;
  readonly inputs: readonly Float32Array[];
}

/** Work made ready: the operands are where the engine wants them. */
export interface Task {
  /** Seconds of one call, the mean of `repeats` calls that are timed together and finished within that time. */
  time(repeats: number): Promise<number>;
  /** The result of one call, row-major. */
  result(): Promise<Float32Array>;
  dispose(): void | Promise<void>;
}

/** One way to compute; opened once in a run. */
export interface Engine {
  readonly name: string;
  readonly threads: number;
  readonly settings: string;
  readonly version: string;
  /** The largest product, in multiplications, that can be waited for. */
  readonly most?: number;
  matmul?(problem: MatmulProblem): Promise<Task>;
  /** `undefined`: it has no such function. */
  elementwise?(problem: ElementwiseProblem): Promise<Task | undefined>;
  close(): Promise<void>;
}

/** The name of an engine that may be there. */
export interface Candidate {
  readonly name: string;
  readonly threads: number;
  /** Gives the reason where the engine cannot be had. */
  open(): Promise<Engine | { readonly absent: string }>;
}

/** `time` of a call that is finished when it returns. */
export function timeSync(call: () => unknown): Task["time"] {
  return async (repeats) => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) call();
    return (performance.now() - start) / 1000 / repeats;
  };
}

/** `time` of a call that is finished when its promise is kept. */
export function timeAsync(call: () => Promise<void>): Task["time"] {
  return async (repeats) => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) await call();
    return (performance.now() - start) / 1000 / repeats;
  };
}

/** The shapes in which a problem's operands are stored. */
export const storedShapes = ({
  m,
  k,
  n,
  transposeA,
  transposeB,
}: MatmulProblem): [[number, number], [number, number]] => [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]];
