// Reading and writing whole files: a write happens completely or not at all, and failures are told in words.

import { randomUUID } from "node:crypto";
import { existsSync, type Stats } from "node:fs";
import {
  access,
  constants,
  type FileHandle,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { ElboError } from "@elbo/tensor";

/** A file that could not be read or written: which one, why, and what to do. */
export class FileError extends ElboError {
  readonly path: string;
  /** The system's name for the reason (`ENOSPC`); undefined where it gave none. */
  readonly reason: string | undefined;

  constructor(path: string, message: string, cause?: unknown) {
    super("FILE", `${shown(path)}: ${message}`, { cause });
    this.path = path;
    this.reason = reasonOf(cause);
  }
}

/**
 * Writes a file so that a reader sees the old content or the new one, never a part: the data goes to a temporary file
 * in the same folder, is forced to the disk (fsync), and takes the name of the target in one step (rename). An
 * existing file keeps its permissions, a symbolic link its place. Only where the process is killed midway can a
 * temporary file `.elbo-*.tmp` stay behind. Devices and pipes (`/dev/stdout`) have no content to protect and are
 * written to directly.
 *
 * @param path where to; its folder must exist
 * @param data text is written as UTF-8
 * @throws FileError where that fails; the temporary file is removed and the old content is still there
 * @example await writeFileAtomic("runs/config.json", JSON.stringify(config))
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  let temporary: string | undefined;
  try {
    const existing = await statOrUndefined(path);
    if (existing && !existing.isFile()) return await writeFile(path, data);
    if (existing) await access(path, constants.W_OK);
    const target = existing ? await realpath(path) : path;

    const scratch = join(dirname(target), `.elbo-${randomUUID()}.tmp`);
    const file = await open(scratch, "wx");
    temporary = scratch;
    await closing(file, async () => {
      await file.writeFile(data);
      if (existing) await file.chmod(existing.mode & 0o777);
      await file.sync();
    });
    await rename(scratch, target);
    temporary = undefined;
    await syncFolder(dirname(target));
  } catch (cause) {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(path, "write", cause);
  }
}

/**
 * Reads a whole file.
 *
 * @param path where from
 * @returns its bytes
 * @throws FileError where that fails
 * @example parseIdx(await readFileChecked(path), path)
 */
export async function readFileChecked(path: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(path);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
}

/** The FileError for what the system threw while this path was read or written. */
export function fileError(path: string, verb: "read" | "write", cause: unknown): FileError {
  return new FileError(path, `cannot ${verb}: ${explain(path, verb, cause)}.`, cause);
}

/** A path as messages show it: as it is, or quoted where it is empty or would break the line. */
export function shown(path: string): string {
  return /^$|[\p{C}\p{Zl}\p{Zp}]/u.test(path) ? JSON.stringify(path).replace(/\p{C}|\p{Zl}|\p{Zp}/gu, "?") : path;
}

function explain(path: string, verb: "read" | "write", cause: unknown): string {
  const folder = dirname(path);
  const reason = path === "" ? "EMPTY" : reasonOf(cause);
  switch (reason) {
    case "EMPTY":
      return "the path is empty; name a file";
    case "ENOSPC":
      return "the disk is full; free some space or choose another folder";
    case "EDQUOT":
      return "your disk quota is used up; free some space or choose another folder";
    case "EFBIG":
      return "the file would be larger than the system allows; choose another disk";
    case "EACCES":
    case "EPERM":
      return `no permission; change the permissions of the file or its folder, or choose another`;
    case "EROFS":
      return "the disk is mounted read-only; choose another folder";
    case "EISDIR":
      return "it is a folder; name a file";
    case "ENOENT":
      if (!existsSync(folder)) return `the folder ${shown(folder)} does not exist; create it, or check the spelling`;
      return verb === "read"
        ? "there is no such file or folder; check the spelling"
        : "the folder was changed meanwhile; try again";
    case "ENOTDIR":
      return "a part of the path is a file, not a folder; check the spelling";
    case "EMFILE":
    case "ENFILE":
      return "too many files are open; close some, or raise the limit (ulimit -n)";
    case "ENAMETOOLONG":
      return "the name is too long; choose a shorter one";
    case "ELOOP":
      return "its symbolic links lead in a circle; name the file itself";
    case "ERR_FS_FILE_TOO_LARGE":
      return "it is larger than 2 GiB; split it into smaller files";
    case "ERR_INVALID_ARG_VALUE":
      return "the path holds a zero byte; check where it comes from";
    default:
      return `the system says ${reason ?? shown(String(cause))}; see whether the disk is in order`;
  }
}

const reasonOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;

async function statOrUndefined(path: string): Promise<Stats | undefined> {
  return stat(path).catch((cause: unknown) => {
    if (reasonOf(cause) === "ENOENT") return undefined;
    throw cause;
  });
}

async function closing(file: FileHandle, use: () => Promise<void>): Promise<void> {
  try {
    await use();
  } finally {
    await file.close();
  }
}

/** Makes a rename last through a power failure, on systems whose folders can be forced to the disk. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await closing(handle, () => handle.sync());
  } catch {
    // The file itself is written; a system that cannot do this has nothing better to offer.
  }
}
