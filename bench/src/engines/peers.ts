// The peers' folder: installed on first use, outside of the workspace, and read from there.

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { load } from "../../peers/load.js";

const folder = fileURLToPath(new URL("../../peers/", import.meta.url));
const INSTALL = ["--yes", "pnpm@10.34.9", "install", "--ignore-workspace", "--frozen-lockfile", "--ignore-scripts"];
const PATIENCE_MS = 600_000;

let ready: Promise<string | undefined> | undefined;

/** Installs the peers if they are missing; gives the reason when that fails. */
const peersReady = (): Promise<string | undefined> => (ready ??= install());

/** pnpm keeps a copy of the lockfile beside what it installed. */
function installed(): boolean {
  const copy = join(folder, "node_modules/.pnpm/lock.yaml");
  return existsSync(copy) && readFileSync(copy, "utf8") === readFileSync(join(folder, "pnpm-lock.yaml"), "utf8");
}

async function install(): Promise<string | undefined> {
  if (installed()) return undefined;
  console.log(`installing the peers into bench/peers (once; npx ${INSTALL.join(" ")})`);
  try {
    await promisify(execFile)("npx", INSTALL, { cwd: folder, timeout: PATIENCE_MS });
    return undefined;
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as { stdout?: string; stderr?: string; message: string };
    const said =
      `${stdout}\n${stderr}`.split("\n").find((line) => /ERR_|npm error/.test(line)) ?? message.split("\n")[0];
    return `not installed: ${said.trim()}`;
  }
}

/**
 * Opens something that needs a peer's module.
 * @returns what `open` gives, or the reason why the peer is absent
 */
export async function withPeer<T>(
  names: readonly string[],
  open: (...modules: unknown[]) => Promise<T>,
): Promise<T | { readonly absent: string }> {
  const reason = await peersReady();
  if (reason !== undefined) return { absent: reason };
  try {
    const modules: unknown[] = [];
    for (const name of names) modules.push(await load(name));
    return await open(...modules);
  } catch (error) {
    return { absent: String((error as Error).message ?? error).split("\n")[0] };
  }
}

/** The version of an installed peer. */
export function peerVersion(name: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

/** A program of the peers' folder, from which a process of its own can import them. */
export const peerProgram = (file: string): string => join(folder, file);
