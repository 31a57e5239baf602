// One process at a time in a run folder.

import { open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError } from "@elbo/tensor";
import { fileError } from "./files.js";

/**
 * Runs `body` while a lock file with this process's number lies in the folder. A lock whose process is gone is taken
 * over, and with it what a killed process may have left of a half-written file.
 * @throws ArgumentError where another process is at work there
 */
export async function alone<R>(folder: string, body: () => Promise<R>): Promise<R> {
  const lock = join(folder, ".lock");
  await take(lock);
  try {
    for (const name of await readdir(folder)) {
      if (/^\.elbo-.*\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
    }
    return await body();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<void> {
  for (;;) {
    try {
      const file = await open(lock, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw fileError(lock, "write", cause);
    }
    const owner = Number(await readFile(lock, "utf8").catch(() => ""));
    if (owner > 0 && isRunning(owner)) {
      throw new ArgumentError(`process ${owner} is training in this folder; wait for it, or end it first (${lock})`, {
        op: "train",
      });
    }
    await rm(lock, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
