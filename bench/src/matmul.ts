// `pnpm bench matmul`: GFLOP/s of the matrix product, blocked and in three naive loops, and how far they are apart.

import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { contiguous, key, matmul, type MatrixView, naiveMatmul, normal, split, type Tensor } from "@elbo/tensor";

/** `[m, k]` by `[k, n]`. */
interface Case {
  readonly name: string;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** One way to compute the product; all of them multiply the same matrices. */
interface Engine {
  readonly name: string;
  readonly run: () => ArrayLike<number>;
}

/** One line of the report. `median` and `min` are over the rounds; `ratio` is the median of the rounds' ratios to naive. */
interface Row {
  readonly suite: "matmul";
  readonly case: string;
  readonly engine: string;
  readonly threads: number;
  readonly median: number;
  readonly min: number;
  readonly unit: "GFLOP/s";
  readonly ratio?: number;
}

const USAGE = "use: pnpm bench matmul [--size N] [--rounds N] [--json FILE]";

/** Products shorter than this are repeated within a round, so that the clock's grain does not show. */
const SHORTEST_MS = 20;

class BadCall extends Error {}

/**
 * Measures float32 products of square matrices and of one layer of a network: naive, A B (NN), A B with A stored
 * transposed (TN), with B stored transposed (NT). The engines take turns in every round, so that a slow spell of the
 * machine meets all of them. Prints a table; a bad call prints one line and sets exit code 2.
 */
export async function matmulBenchmark(args: string[]): Promise<void> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`bench matmul: ${(error as Error).message.split("\n")[0]}`);
    process.exitCode = 2;
    return;
  }
  const { cases, rounds, json } = options;
  const machine = { cpu: cpus()[0]?.model.trim() ?? "unknown", cores: cpus().length };
  const versions = { node: process.versions.node, v8: process.versions.v8 };
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${versions.node}; float32, 1 thread, medians of ${rounds} rounds`,
  );
  console.log(line("case", "engine", "GFLOP/s", "x naive", "error / (eps |A||B|)"));
  const rows = cases.flatMap((one) => measure(one, rounds));
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ machine, versions, rounds, rows }, null, 2)}\n`);
}

interface Options {
  readonly cases: readonly Case[];
  readonly rounds: number;
  readonly json: string | undefined;
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: { size: { type: "string" }, rounds: { type: "string" }, json: { type: "string" } },
  });
  const square = (n: number): Case => ({ name: `${n}`, m: n, k: n, n });
  const standard = [square(256), square(512), { name: "128x784x400", m: 128, k: 784, n: 400 }];
  return {
    cases: values.size === undefined ? standard : [square(count("size", values.size, 1))],
    rounds: values.rounds === undefined ? 7 : count("rounds", values.rounds, 1),
    json: values.json,
  };
}

function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new BadCall(`--${option} takes a whole number of ${least} or more, got ${text}; ${USAGE}`);
}

function measure(one: Case, rounds: number): Row[] {
  const { name, m, k, n } = one;
  const [left, right] = split(key(m + k + n));
  const [a, b] = [normal(left, [m, k]), normal(right, [k, n])];
  const [storedA, storedB] = [contiguous(a.T), contiguous(b.T)];
  const engines: Engine[] = [
    { name: "naive", run: () => naiveMatmul(view(a), view(b)) },
    { name: "NN", run: () => matmul(a, b).data },
    { name: "TN", run: () => matmul(storedA, b, { transposeA: true }).data },
    { name: "NT", run: () => matmul(a, storedB, { transposeB: true }).data },
  ];
  // The warm-up also says how often each is repeated in a round, and gives the results to compare.
  const warm = engines.map(({ run }) => {
    run();
    const start = performance.now();
    const result = run();
    return { result, repeats: Math.max(1, Math.ceil(SHORTEST_MS / (performance.now() - start))) };
  });
  const rates = engines.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    engines.forEach(({ run }, e) => {
      const { repeats } = warm[e];
      const start = performance.now();
      for (let i = 0; i < repeats; i++) run();
      rates[e].push((2 * m * k * n * repeats) / (performance.now() - start) / 1e6);
    });
  }
  const oracle = warm[0].result;
  const size = naiveMatmul(view(a.abs()), view(b.abs()));
  return engines.map((engine, e): Row => {
    const ratio = median(rates[e].map((rate, round) => rate / rates[0][round]));
    const row: Row = { suite: "matmul", case: name, engine: engine.name, threads: 1, median: median(rates[e]), min: Math.min(...rates[e]), unit: "GFLOP/s", ...(e === 0 ? {} : { ratio }) }; // prettier-ignore
    const error = e === 0 ? "oracle" : largestError(warm[e].result, oracle, size).toFixed(4);
    console.log(line(name, engine.name, row.median.toFixed(2), e === 0 ? "" : ratio.toFixed(2), error));
    return row;
  });
}

const view = (x: Tensor): MatrixView => ({
  storage: x.storage,
  offset: x.offset,
  rows: x.shape[0],
  columns: x.shape[1],
  rowStride: x.strides[0],
  columnStride: x.strides[1],
});

/** The largest `|got - oracle| / (eps |A||B|)` with the unit roundoff eps = 2^-24 of float32. */
function largestError(got: ArrayLike<number>, oracle: ArrayLike<number>, size: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < got.length; i++) {
    largest = Math.max(largest, Math.abs(got[i] - oracle[i]) / (2 ** -24 * size[i]));
  }
  return largest;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const line = (name: string, engine: string, rate: string, ratio: string, error: string): string =>
  `${name.padEnd(12)} ${engine.padEnd(6)} ${rate.padStart(8)} ${ratio.padStart(8)} ${error.padStart(21)}`;
