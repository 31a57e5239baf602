// Files: a write is whole or has not happened, nothing stays behind, and the messages are words.

import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ElboError } from "@elbo/tensor";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FileError, readFileChecked, writeFileAtomic } from "../src/node/index.js";

/** The step of a write that fails, and how; nothing fails unless a test says so. */
const fault = vi.hoisted(() => ({ step: "none", code: "ENOSPC" }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const failIf = (step: string): void => {
    if (fault.step === step) throw Object.assign(new Error(`${fault.code}: simulated`), { code: fault.code });
  };
  return {
    ...real,
    open: async (path: string, flags: string) => {
      if (flags !== "wx") return real.open(path, flags);
      failIf("open");
      const handle = await real.open(path, flags);
      const { close } = handle;
      return Object.assign(handle, {
        writeFile: async (data: string | Uint8Array) => {
          if (fault.step === "write") await real.writeFile(path, data.slice(0, data.length / 2));
          failIf("write");
          await real.writeFile(path, data);
        },
        sync: async () => failIf("sync"),
        close: async () => {
          await close.call(handle);
          failIf("close");
        },
      });
    },
    rename: async (from: string, to: string) => {
      failIf("rename");
      await real.rename(from, to);
    },
  };
});

let folder = "";
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "elbo-files-")));
});
afterEach(async () => {
  Object.assign(fault, { step: "none", code: "ENOSPC" });
  await rm(folder, { recursive: true });
});

/** The FileError of something that must fail. */
async function refusal(attempt: Promise<unknown>): Promise<FileError> {
  const error: unknown = await attempt.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(FileError);
  expect(error).toBeInstanceOf(ElboError);
  expect((error as FileError).code).toBe("FILE");
  expect((error as FileError).message).toMatch(/^[^\p{Cc}\u2028\u2029]+\.$/u);
  return error as FileError;
}

/** Neither reading nor writing works there, for this reason. */
async function bothRefuse(path: string, reason: string): Promise<void> {
  expect((await refusal(writeFileAtomic(path, ""))).message).toContain(`cannot write: ${reason}`);
  expect((await refusal(readFileChecked(path))).message).toContain(`cannot read: ${reason}`);
}

describe("writeFileAtomic and readFileChecked", () => {
  test("what is written is read, and nothing else is in the folder", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), fc.string({ unit: "grapheme" })), async (data) => {
        const path = join(folder, "file");
        await writeFileAtomic(path, data);
        const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
        expect(await readFileChecked(path)).toEqual(Uint8Array.from(bytes));
        expect(await readdir(folder)).toEqual(["file"]);
      }),
      { numRuns: 30 },
    );
  });

  test.each(["open", "write", "sync", "close", "rename"])(
    "a failing %s leaves the old content and no other file",
    async (step) => {
      const path = join(folder, "model");
      await writeFileAtomic(path, "old");
      fault.step = step;
      const error = await refusal(writeFileAtomic(path, "something new"));
      expect(error.message).toBe(`${path}: cannot write: the disk is full; free some space or choose another folder.`);
      expect([error.path, error.reason]).toEqual([path, "ENOSPC"]);
      expect(error.cause).toBeInstanceOf(Error);
      expect(await readdir(folder)).toEqual(["model"]);
      expect(await readFile(path, "utf8")).toBe("old");
      await refusal(writeFileAtomic(join(folder, "fresh"), "something new"));
      expect(await readdir(folder)).toEqual(["model"]);
    },
  );

  test.each([
    ["EACCES", "no permission"],
    ["EPERM", "no permission"],
    ["EROFS", "read-only"],
    ["EMFILE", "too many files are open"],
    ["EDQUOT", "quota"],
    ["EFBIG", "larger than the system allows"],
    ["EIO", "the system says EIO"],
  ])("%s is told in words", async (code, words) => {
    Object.assign(fault, { step: "open", code });
    expect((await refusal(writeFileAtomic(join(folder, "file"), ""))).message).toContain(words);
  });

  test("a path that leads nowhere", async () => {
    const file = join(folder, "file");
    await writeFile(file, "kept");
    const far = join(folder, "a", "b");
    const absent = `the folder ${join(folder, "a")} does not exist; create it`;
    expect((await refusal(writeFileAtomic(far, ""))).message).toContain(`${far}: cannot write: ${absent}`);
    expect((await refusal(readFileChecked(far))).message).toContain(`${far}: cannot read: ${absent}`);
    expect((await refusal(readFileChecked(join(folder, "a")))).message).toContain("there is no such file");
    await bothRefuse(folder, "it is a folder; name a file");
    await bothRefuse(join(file, "x"), "a part of the path is a file");
    await bothRefuse("", "the path is empty");
    await bothRefuse("a\0b", "the path holds a zero byte");
    const long = join(folder, "n".repeat(300));
    expect((await refusal(writeFileAtomic(long, ""))).message).toContain("the name is too long");
    const broken = join(folder, "two\nlines", "file");
    expect((await refusal(writeFileAtomic(broken, ""))).message).toContain("two\\nlines");
    expect(await readdir(folder)).toEqual(["file"]);
    expect(await readFile(file, "utf8")).toBe("kept");
  });

  test("a file keeps its permissions, a link its place", async () => {
    const file = join(folder, "file");
    const link = join(folder, "link");
    await writeFile(file, "old");
    await chmod(file, 0o640);
    await symlink("file", link);
    await writeFileAtomic(link, "new");
    expect(await readFile(file, "utf8")).toBe("new");
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await realpath(link)).toBe(file);
    expect(await readdir(folder)).toEqual(["file", "link"]);
  });

  test.skipIf(!existsSync("/dev/full"))("a full device (needs /dev/full)", async () => {
    expect((await refusal(writeFileAtomic("/dev/full", "x".repeat(100)))).message).toContain(
      "/dev/full: cannot write: the disk is full",
    );
    expect((await stat("/dev/full")).isCharacterDevice()).toBe(true);
  });

  test.skipIf(process.getuid?.() === 0)("a folder or file without permission (not as root)", async () => {
    const locked = join(folder, "locked");
    await mkdir(locked);
    await chmod(locked, 0o555);
    expect((await refusal(writeFileAtomic(join(locked, "x"), ""))).message).toContain("no permission");
    const file = join(folder, "file");
    await writeFile(file, "kept");
    await chmod(file, 0o444);
    expect((await refusal(writeFileAtomic(file, ""))).message).toContain("no permission");
    expect(await readFile(file, "utf8")).toBe("kept");
  });
});
