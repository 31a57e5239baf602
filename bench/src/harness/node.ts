// The options that change the runtime itself: another Node, and V8's revectorizer.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { BadCall } from "./arguments.js";
import { nodeMajor } from "./machine.js";

export interface RuntimeOptions {
  /** A version of npm's `node` package. */
  readonly node?: string;
  readonly revectorize: boolean;
  /** The arguments without these options. */
  readonly rest: readonly string[];
}

/** @throws BadCall where `--node` has no version */
export function readRuntimeOptions(args: readonly string[]): RuntimeOptions {
  const rest: string[] = [];
  let node: string | undefined;
  let revectorize = false;
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--revectorize") revectorize = true;
    else if (args[i] === "--node") node = args[++i] ?? "";
    else if (args[i].startsWith("--node=")) node = args[i].slice("--node=".length);
    else rest.push(args[i]);
  }
  if (node !== undefined && !/^\d+(\.\d+){0,2}$/.test(node)) {
    throw new BadCall(`--node takes a version such as 24 or 24.11.1, got ${JSON.stringify(node)}`);
  }
  return { ...(node === undefined ? {} : { node }), revectorize, rest };
}

/** Runs the program again under another Node, brought by npm; gives its exit code. */
export async function underNode(version: string, program: string, args: readonly string[]): Promise<number> {
  const tsx = import.meta.resolve("tsx");
  const child = spawn("npx", ["--yes", `node@${version}`, "--import", tsx, program, ...args], { stdio: "inherit" });
  // Ctrl-C reaches the child too; this process waits for what it makes of it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

/**
 * Lets V8 pair neighbouring 128-bit operations into 256-bit ones, for every engine of the process but the limit, which is
 * compiled before.
 * @throws BadCall where V8 cannot, or gains nothing by it
 */
export async function switchRevectorizeOn(): Promise<void> {
  if (nodeMajor() < 24) throw new BadCall("--revectorize needs Node 24 or newer; add --node 24");
  (await import("../engines/limit.js")).openLimit();
  const { on, because } = (await import("@elbo/tensor/node")).tryPairedVectors();
  if (!on) throw new BadCall(`--revectorize: pairs of vectors are of no use here: ${because}`);
}
