// What a run ran on, for the figures that stand beside it.

import { readFile } from "node:fs/promises";
import { cpus, platform, arch } from "node:os";
import { matmulEngine, type MatmulEngine } from "@elbo/tensor";

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

/**
 * What multiplies float32 matrices in this process, by name: the kernel, its register tile, and how `fast` rounds.
 * @example matmulFacts()["matmul kernel"] // "WebAssembly SIMD"
 */
export function matmulFacts({ kernel, fast, tile }: MatmulEngine = matmulEngine()): Record<string, string> {
  if (kernel === "typescript") {
    return {
      "matmul kernel": "plain TypeScript, which is slow: this runtime has no WebAssembly SIMD",
      "matmul fast": "rounds as strict does",
    };
  }
  return {
    "matmul kernel": "WebAssembly SIMD",
    "matmul tile": `${tile[0]} rows x ${tile[1]} columns`,
    "matmul fast": fast === "fused" ? "fused multiply-adds, rounded once" : "separate multiply-adds, as in strict",
  };
}
