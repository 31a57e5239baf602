// One process at a time in a run folder.

import { type Dirent } from "node:fs";
import { type FileHandle, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError } from "@elbo/tensor";
import { fileError } from "./files.js";

const LOCK = ".lock";

/**
 * Runs `body` while a lock file with this process's number lies in the folder. A lock whose process is gone is taken
 * over, and with it what a killed process may have left of half-written files.
 * @throws ArgumentError where another process is at work there
 * @throws FileError where the lock or such a file can be neither written nor removed
 */
export async function alone<R>(folder: string, body: () => Promise<R>): Promise<R> {
  const lock = join(folder, LOCK);
  await take(lock);
  const result = await sweep(folder)
    .then(body)
    .catch(async (cause: unknown) => {
      await remove(lock).catch(() => undefined); // what went wrong first is what is told
      throw cause;
    });
  await remove(lock);
  return result;
}

async function take(lock: string): Promise<void> {
  while (!(await create(lock))) {
    const owner = await ownerOf(lock);
    if (owner > 0 && isRunning(owner)) {
      throw new ArgumentError(`process ${owner} is training in this folder; wait for it, or end it first (${lock})`, {
        op: "train",
      });
    }
    await remove(lock);
  }
}

/** Whether there was no lock yet. One that cannot be written, as on a full disk, is removed again. */
async function create(lock: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(lock, "wx");
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return false;
    throw fileError(lock, "write", cause);
  }
  try {
    await file.writeFile(String(process.pid)).finally(() => file.close());
    return true;
  } catch (cause) {
    await remove(lock).catch(() => undefined);
    throw fileError(lock, "write", cause);
  }
}

/** The process that a lock names; 0 where it is gone or names none. */
async function ownerOf(lock: string): Promise<number> {
  try {
    return Number(await readFile(lock, "utf8")) || 0;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return 0;
    throw fileError(lock, "read", cause);
  }
}

/** Removes half-written files from the folder and its direct subfolders, but from none that has a lock of its own. */
async function sweep(folder: string): Promise<void> {
  const entries = await entriesOf(folder);
  await removeScratch(folder, entries);
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const subfolder = join(folder, entry.name);
    const inside = await entriesOf(subfolder);
    if (!inside.some(({ name }) => name === LOCK)) await removeScratch(subfolder, inside);
  }
}

async function removeScratch(folder: string, entries: readonly Dirent[]): Promise<void> {
  for (const { name } of entries) if (/^\.elbo-.*\.tmp$/.test(name)) await remove(join(folder, name));
}

const entriesOf = (folder: string): Promise<Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw fileError(folder, "read", cause);
  });

const remove = (path: string): Promise<void> =>
  rm(path, { force: true }).catch((cause: unknown) => {
    throw fileError(path, "write", cause);
  });

const codeOf = (cause: unknown): string | undefined => (cause as NodeJS.ErrnoException).code;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
