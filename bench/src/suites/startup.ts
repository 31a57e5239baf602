// `pnpm bench startup`: milliseconds from nothing to a library's first, second and tenth small product.

import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { peerProgram, peerVersion, withPeer } from "../engines/peers.js";
import { elboVersion } from "../engines/elbo.js";
import type { Options } from "../harness/arguments.js";
import { relaxedSimd } from "../harness/relaxed.js";
import type { EngineRecord, Results, Row } from "../harness/results.js";
import { medianRatio } from "../harness/statistics.js";
import { printColumns, printEngines, printRows } from "../harness/table.js";
import { spread } from "./group.js";

const UNIT = "ms";
const BASE = "elbo";

/** What is reported of a child: the whole process as its parent sees it, then what it says of its parts. */
const STAGES = ["process", "import", "first matmul", "second matmul", "tenth matmul"];

/** The times of a child are `import`, then ten products. */
const stagesOf = (process: number, [imported, ...products]: readonly number[]): number[] =>
  products.length === 0 ? [process] : [process, imported, products[0], products[1], products[9]];

interface Subject {
  readonly name: string;
  /** The package that must be there. */
  readonly peer?: string;
  readonly settings: string;
}

export const SUBJECTS: readonly Subject[] = [
  { name: "node", settings: "an empty program" },
  { name: BASE, settings: "@elbo/tensor in plain JavaScript, file by file as it is published" },
  { name: "jax-js", peer: "@jax-js/jax", settings: "wasm backend, jit" },
  { name: "numpy-ts", peer: "numpy-ts", settings: "as it is" },
  { name: "tfjs-wasm", peer: "@tensorflow/tfjs-backend-wasm", settings: "tfjs-core and the wasm backend, one thread" },
];

/** Writes @elbo/tensor as JavaScript modules, one for each source; gives the entry's address. */
async function compile(folder: string): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve("@elbo/tensor"));
  const source = dirname(entry);
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith(".ts"));
  await build({ entryPoints: files.map((file) => join(source, file)), outdir: folder, outbase: source, format: "esm", target: "es2022", logLevel: "silent" }); // prettier-ignore
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  return pathToFileURL(join(folder, "index.js")).href;
}

async function run(subject: string, module: string): Promise<number[]> {
  const flags = relaxedSimd === "switched on" ? ["--experimental-wasm-relaxed-simd"] : [];
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    peerProgram("startup.mjs"),
    subject,
    module,
  ]);
  const all = performance.now() - start;
  return stagesOf(all, JSON.parse(stdout.trim().split("\n").at(-1)!) as number[]);
}

async function recordOf({ name, peer, settings }: Subject): Promise<EngineRecord> {
  const record = (version: string): EngineRecord => ({ engine: name, threads: 1, version, settings });
  if (name === BASE) return record(elboVersion);
  if (peer === undefined) return record(process.versions.node);
  const found = await withPeer([], async () => record(peerVersion(peer)));
  return "absent" in found ? { engine: name, threads: 1, absent: found.absent } : found;
}

export async function startupSuite(
  options: Options,
  begin: () => void,
): Promise<Pick<Results, "base" | "engines" | "rows">> {
  const { rounds, engines: prefixes } = options;
  const subjects = SUBJECTS.filter(({ name }) => prefixes.length === 0 || prefixes.some((p) => name.startsWith(p)));
  const folder = await mkdtemp(join(tmpdir(), "elbo-startup-"));
  try {
    const module = await compile(folder);
    const records: EngineRecord[] = prefixes
      .filter((prefix) => !subjects.some(({ name }) => name.startsWith(prefix)))
      .map((engine) => ({ engine, threads: 1, absent: "its start is not measured" }));
    const times = new Map<string, number[][]>();
    for (const subject of subjects) {
      let record = await recordOf(subject);
      try {
        // Brings the files into the system's cache.
        if (!("absent" in record)) await run(subject.name, module);
      } catch (error) {
        record = { engine: subject.name, threads: 1, absent: reasonOf(error) };
      }
      if (!("absent" in record)) times.set(subject.name, []);
      records.push(record);
    }
    begin();
    printEngines(records);
    printColumns(UNIT, BASE);
    for (let round = 0; round < rounds; round++) {
      for (const [name, own] of times) own.push(await run(name, module));
    }
    const rows = STAGES.flatMap((stage, s) => rowsOf(stage, s, times));
    printRows(rows);
    return { base: BASE, engines: records, rows };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The line of a child's report that names the error. */
function reasonOf(error: unknown): string {
  const { stderr = "", message } = error as { stderr?: string; message: string };
  return (stderr.split("\n").find((line) => /Error/.test(line)) ?? message.split("\n")[0]).trim();
}

function rowsOf(stage: string, s: number, times: ReadonlyMap<string, readonly (readonly number[])[]>): Row[] {
  const at = (name: string): number[] | undefined => {
    const values = times.get(name)?.map((round) => round[s]);
    return values?.[0] === undefined ? undefined : values;
  };
  const base = at(BASE);
  return [...times.keys()].flatMap((engine): Row[] => {
    const values = at(engine);
    if (values === undefined) return [];
    const ratio = base === undefined ? {} : { ratio: medianRatio(base, values) };
    return [{ suite: "startup", case: stage, engine, threads: 1, unit: UNIT, ...spread(values), ...ratio }];
  });
}
