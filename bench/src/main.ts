// pnpm bench: finds the benchmark by its name and runs it, on this Node or on another.

import "./harness/relaxed.js";
import { fileURLToPath } from "node:url";
import { BadCall, USAGE } from "./harness/arguments.js";
import { readRuntimeOptions, switchRevectorizeOn, underNode } from "./harness/node.js";

const BENCHMARKS: Readonly<Record<string, string>> = {
  matmul: "GFLOP/s and error of the matrix product, beside the peers and the platform's limit",
  elementwise: "nanoseconds an element and ulp of exp, tanh, erf ..., sums and normal numbers",
  startup: "milliseconds to import, and to the first, second and tenth small product",
  steps: "the matrix product at every step of chapter 3, from three loops to the packed kernel",
  step: "milliseconds of one training step of whole networks, beside the peers",
  tables: "writes the figures of bench/results into the pages that show them",
  uses: "what the uses reach on MNIST and on the table of sensors; trains for about half an hour",
  example: "PyTorch's example of a VAE on MNIST: where it ends, and how long it takes",
  digits: "how close the embedded digits come to MNIST",
};

/** The exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { node, revectorize, rest } = readRuntimeOptions(args);
  const name = rest.length > 0 && !rest[0].startsWith("-") ? rest[0] : undefined;
  if (name !== undefined && !Object.hasOwn(BENCHMARKS, name)) {
    throw new BadCall(`there is no benchmark ${JSON.stringify(name)}; there are ${Object.keys(BENCHMARKS).join(", ")}`);
  }
  if (rest.includes("--help")) {
    console.log(`pnpm bench ${"".padEnd(12)} matmul, elementwise, startup, steps and step, into bench/results`);
    for (const [key, about] of Object.entries(BENCHMARKS)) console.log(`pnpm bench ${key.padEnd(12)} ${about}`);
    console.log(USAGE);
    return 0;
  }
  if (node !== undefined) {
    const forwarded = [...rest, ...(revectorize ? ["--revectorize"] : [])];
    return underNode(node, fileURLToPath(import.meta.url), forwarded);
  }
  // Leaving by `exit` ends the children of the engines too.
  process.on("SIGINT", () => process.exit(130));
  process.on("SIGTERM", () => process.exit(143));
  if (revectorize) await switchRevectorizeOn();
  // Loaded only now: what compiles WebAssembly must find V8's flags set.
  if (name === "tables") await (await import("./tables.js")).writeTables();
  else if (name === "uses") await (await import("./uses.js")).usesBenchmark(rest.slice(1));
  else if (name === "example") await (await import("./example.js")).exampleBenchmark(rest.slice(1));
  else if (name === "digits") await (await import("./digits.js")).digitsScoreCard(rest.slice(1));
  else
    await (await import("./suites/index.js")).runSuites(name, name === undefined ? rest : rest.slice(1), revectorize);
  return 0;
}

const isBadCall = (error: unknown): error is Error =>
  error instanceof BadCall ||
  (error instanceof Error && (error.name === "ArgumentError" || String(Reflect.get(error, "code")).startsWith("ERR_PARSE_ARGS"))); // prettier-ignore

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!isBadCall(error)) throw error;
  const [line] = error.message.split("\n");
  console.error(line.startsWith("bench ") ? line : `bench: ${line}`);
  process.exitCode = 2;
}
