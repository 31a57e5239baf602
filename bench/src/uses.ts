// `pnpm bench uses`: the uses on MNIST and on the table of sensors, trained and judged by the commands that anybody has.

import { existsSync } from "node:fs";
import { copyFile, mkdir, rename } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { elbo } from "@elbo/cli";
import { openRun } from "@elbo/vae/node";
import { BadCall } from "./harness/arguments.js";
import { STUDIES, type Study } from "./studies.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** `bench uses [--mnist FOLDER] [--only NAME,...]`: results into bench/results; runs are kept and not trained twice. */
export async function usesBenchmark(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { mnist: { type: "string", default: join(root, "../shared/data/mnist") }, only: { type: "string" } },
  });
  const names = values.only?.split(",") ?? Object.keys(STUDIES);
  const unknown = names.find((name) => !Object.hasOwn(STUDIES, name));
  if (unknown !== undefined)
    throw new BadCall(`there is no study ${JSON.stringify(unknown)}; there are ${Object.keys(STUDIES).join(", ")}`);
  for (const name of names) {
    if (name.startsWith("mnist") && !existsSync(values.mnist)) {
      console.log(`${name}: MNIST IS ABSENT in ${values.mnist}, skipped (give --mnist FOLDER)`);
      continue;
    }
    console.log(`\n# ${name}`);
    await conduct(name, STUDIES[name], values.mnist);
  }
}

async function conduct(name: string, { use, run, train, options }: Study, mnist: string): Promise<void> {
  const folder = relative(process.cwd(), join(root, "runs/bench", run));
  const data = train.startsWith("--data") ? [] : ["--data", mnist];
  if (!existsSync(join(folder, "config.json"))) await call(["train", ...data, ...train.split(" "), "--out", folder]);
  else if (await isUnfinished(folder)) await call(["train", "--resume", folder]);
  const results = join(root, "bench/results");
  await mkdir(results, { recursive: true });
  await call([use, folder, ...(options?.split(" ") ?? [])]);
  const kept = join(results, `${name}.json`);
  await copyFile(join(folder, use, "table.json"), `${kept}.part`);
  await rename(`${kept}.part`, kept);
}

async function isUnfinished(folder: string): Promise<boolean> {
  const { state, config } = await openRun(folder);
  return state.epoch < config.training.epochs;
}

async function call(words: readonly string[]): Promise<void> {
  const code = await elbo(words);
  if (code !== 0) throw new Error(`elbo ${words.join(" ")} ended with exit code ${code}`);
}
