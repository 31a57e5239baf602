// What a run ran on, for the figures that stand beside it.

import { readFile } from "node:fs/promises";
import { cpus, platform, arch } from "node:os";

/** The version of this package. */
export async function packageVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}

/** Versions and machine by name. */
export async function machineFacts(): Promise<Record<string, string>> {
  const cores = cpus();
  return {
    elbo: await packageVersion(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${platform()} ${arch()}`,
    cpu: `${cores[0]?.model.trim() ?? "unknown"} (${cores.length} cores)`,
  };
}
