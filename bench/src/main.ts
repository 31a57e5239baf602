// pnpm bench: finds the benchmark by its name and runs it.

import { digitsScoreCard } from "./digits.js";
import { matmulBenchmark } from "./matmul.js";

const benchmarks: Readonly<
  Record<string, { readonly run: (args: string[]) => Promise<void>; readonly about: string }>
> = {
  matmul: { run: matmulBenchmark, about: "GFLOP/s of the naive, the blocked and the transposed matrix product" },
  digits: { run: digitsScoreCard, about: "how close the embedded digits come to MNIST" },
};

const [name, ...args] = process.argv.slice(2);
if (name !== undefined && name !== "--help" && !Object.hasOwn(benchmarks, name)) {
  console.error(
    `bench: there is no benchmark ${JSON.stringify(name)}; there are ${Object.keys(benchmarks).join(", ")}`,
  );
  process.exitCode = 2;
} else if (name === "--help") {
  for (const [key, { about }] of Object.entries(benchmarks)) console.log(`pnpm bench ${key.padEnd(8)} ${about}`);
} else {
  for (const [key, { run }] of Object.entries(benchmarks)) {
    if (name === undefined || name === key) await run(args);
  }
}
