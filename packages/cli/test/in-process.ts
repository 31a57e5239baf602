// The command in this process, which spares its start-up: what it printed, and its exit code.

import { vi } from "vitest";
import { elbo as run } from "../src/elbo.js";

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line, and keeps what it prints. */
export async function elbo(...args: string[]): Promise<Printed> {
  const lines: Record<"log" | "error", string[]> = { log: [], error: [] };
  const spies = (["log", "error"] as const).map((channel) =>
    vi.spyOn(console, channel).mockImplementation((...words: unknown[]) => void lines[channel].push(words.join(" "))),
  );
  try {
    const code = await run(args);
    return { code, out: lines.log.join("\n"), err: lines.error.join("\n") };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
