// The lock of a run folder: one process at a time, nothing left behind, and failures told in words.

import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "@elbo/tensor";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FileError } from "../src/node/index.js";
import { alone } from "../src/node/lock.js";

/** The step on a lock or a leftover that fails; nothing fails unless a test says so. */
const fault = vi.hoisted(() => ({ step: "none", path: "" }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const failIf = (step: string, path: string): void => {
    if (fault.step === step && path.endsWith(fault.path))
      throw Object.assign(new Error("ENOSPC: simulated"), { code: "ENOSPC" });
  };
  return {
    ...real,
    open: async (path: string, flags: string) => {
      const handle = await real.open(path, flags);
      return Object.assign(handle, {
        writeFile: async (data: string) => {
          failIf("write", path);
          await real.writeFile(path, data);
        },
      });
    },
    rm: async (path: string, options: object) => {
      failIf("remove", path);
      await real.rm(path, options);
    },
  };
});

let folder = "";
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "elbo-lock-")));
});
afterEach(async () => {
  Object.assign(fault, { step: "none", path: "" });
  await rm(folder, { recursive: true });
});

const lock = (): string => join(folder, ".lock");
/** The number of a process that has ended. */
const ended = (): string => String(spawnSync(process.execPath, ["--version"]).pid);

describe("alone", () => {
  test("holds the lock while the body runs, and gives back what it gives", async () => {
    expect(await alone(folder, () => readFile(lock(), "utf8"))).toBe(String(process.pid));
    expect(await readdir(folder)).toEqual([]);
  });

  test("lets nobody else in meanwhile, and takes over from who is gone", async () => {
    await alone(folder, async () => {
      await expect(alone(folder, async () => 1)).rejects.toThrow(ArgumentError);
      expect(await readdir(folder)).toEqual([".lock"]);
    });
    for (const left of [ended(), "", "garbage"]) {
      await writeFile(lock(), left);
      expect(await alone(folder, async () => "done")).toBe("done");
    }
  });

  test("clears half-written files here and one folder down, but not where another lock or a link is", async () => {
    const scratch = ".elbo-0-1.tmp";
    const outside = await realpath(await mkdtemp(join(tmpdir(), "elbo-lock-")));
    for (const name of ["sub", "locked", "sub/deep"]) await mkdir(join(folder, name));
    await symlink(outside, join(folder, "link"));
    for (const name of ["", "sub", "locked", "sub/deep", "link"]) await writeFile(join(folder, name, scratch), "x");
    for (const name of ["kept.tmp", "sub/.elbo-kept", "locked/.lock"]) await writeFile(join(folder, name), "x");
    await alone(folder, async () => undefined);
    expect((await readdir(folder)).sort()).toEqual(["kept.tmp", "link", "locked", "sub"]);
    expect((await readdir(join(folder, "sub"))).sort()).toEqual([".elbo-kept", "deep"]);
    for (const name of ["locked", "sub/deep", "link"]) expect(await readdir(join(folder, name))).toContain(scratch);
    await rm(outside, { recursive: true });
  });

  test("a lock that cannot be written is told, and removed again", async () => {
    Object.assign(fault, { step: "write", path: ".lock" });
    const body = vi.fn(async () => 1);
    await expect(alone(folder, body)).rejects.toThrow(`${lock()}: cannot write: the disk is full;`);
    expect(body).not.toHaveBeenCalled();
    expect(await readdir(folder)).toEqual([]);
  });

  test("what cannot be removed is told, unless the body's own failure comes first", async () => {
    await writeFile(join(folder, ".elbo-1.tmp"), "x");
    Object.assign(fault, { step: "remove", path: ".tmp" });
    await expect(alone(folder, async () => 1)).rejects.toThrow(FileError);
    expect(await readdir(folder)).toEqual([".elbo-1.tmp"]);
    Object.assign(fault, { step: "remove", path: ".lock" });
    await expect(alone(folder, async () => 1)).rejects.toThrow(`${lock()}: cannot write: `);
    await writeFile(lock(), ended());
    await expect(alone(folder, async () => 1)).rejects.toThrow(FileError);
    fault.step = "none";
    await rm(lock());
    const fail = async (): Promise<never> => {
      fault.step = "remove";
      throw new Error("the body");
    };
    await expect(alone(folder, fail)).rejects.toThrow("the body");
  });

  test("a failing body leaves no lock", async () => {
    await expect(alone(folder, () => Promise.reject(new Error("the body")))).rejects.toThrow("the body");
    expect(await readdir(folder)).toEqual([]);
  });

  test("a lock that is a folder, or a folder that is not there, is told in words", async () => {
    await expect(alone(join(folder, "none"), async () => 1)).rejects.toThrow("does not exist");
    await mkdir(lock());
    await expect(alone(folder, async () => 1)).rejects.toThrow(`${lock()}: cannot read: it is a folder`);
  });
});
