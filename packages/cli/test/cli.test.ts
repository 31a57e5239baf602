// The elbo command from outside: exit codes, one-line errors, files, interruption and exact resumption.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { enableRelaxedSimd } from "@elbo/tensor/node";
import { readSafetensors, type Report, writeIdx, writeSafetensors } from "@elbo/vae";
import { afterAll, describe, expect, test } from "vitest";
import { elbo } from "./in-process.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const main = join(root, "packages/cli/src/main.ts");
const scratch = mkdtempSync(join(tmpdir(), "elbo-cli-"));
const small100k = join(scratch, "small-disk");
let mounted = false;
// Here, not where it is mounted: the hooks of a group do not run when none of its tests is chosen.
afterAll(() => {
  if (mounted) spawnSync("umount", [small100k]);
  rmSync(scratch, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function launch(...args: string[]): {
  process: ChildProcess;
  ended: Promise<Outcome>;
  printed: (pattern: RegExp) => Promise<void>;
} {
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  const watchers = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    for (const watcher of watchers) watcher();
  });
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  const printed = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (pattern.test(out)) resolve();
      };
      watchers.add(look);
      look();
    });
  return { process: child, ended, printed };
}
const folder = (name: string): string => join(scratch, name);
/** Many small steps: compiled, an epoch lasts long enough to be interrupted. */
const small = [
  "--train-size",
  "600",
  "--test-size",
  "50",
  "--hidden",
  "32",
  "--latent",
  "3",
  "--batch",
  "1",
  "--seed",
  "5",
];
const weights = (run: string): Uint8Array => readFileSync(join(run, "weights.safetensors"));
const logOf = (run: string): Report[] =>
  readFileSync(join(run, "log.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Report);
const withoutSeconds = (run: string): unknown[] => logOf(run).map((report) => ({ ...report, seconds: null }));
/** All tensors of a checkpoint as bytes; the metadata holds wall-clock seconds. */
const tensorBytes = (run: string): Record<string, number[]> => {
  const { tensors } = readSafetensors(weights(run), run);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, x]) => [name, Array.from(new Uint8Array(Float32Array.from(x.data).buffer))]),
  );
};

function expectRefusal({ code, err }: Outcome, expected: number, pattern: RegExp): void {
  expect(err).toMatch(pattern);
  expect(err.trim().split("\n")).toHaveLength(1);
  expect(err).not.toMatch(/\n\s+at /);
  expect(code).toBe(expected);
}

describe("calls that cannot be understood end with 2 and one line", () => {
  test.each([
    [["fly"], /no verb "fly"/],
    [["train", "--nope"], /unknown option '--nope'/i],
    [["train", "--hidden", "10,x"], /--hidden takes layer widths/],
    [["train", "--epochs", "1.5"], /--epochs takes a whole number/],
    [["train", "--lr", "fast"], /--lr takes a number/],
    [["train", "--lr=-1"], /lr is a positive number/],
    [["train", "--model", "gan"], /--model is one of vae, ae/],
    [["train", "--matmul", "fused"], /--matmul is one of fast, strict/],
    [["train", "--threads", "0"], /--threads takes a whole number of 1 or more, got "0"/],
    [["train", "--threads", "all"], /--threads takes a whole number of 1 or more, got "all"/],
    [["train", "--eager=no"], /'--eager' does not take an argument/],
    [["train", "--eager", "--threads", "2"], /--eager computes on one thread/],
    [["eval", "x", "--eager", "--threads", "1"], /--eager computes on one thread/],
    [["eval", "x", "--threads", "1.5"], /--threads takes a whole number/],
    [["start", "--threads", "-"], /--threads takes a whole number/],
    [["embed", "x", "--threads", "0"], /--threads takes a whole number/],
    [["report", "x", "--threads", "0"], /--threads takes a whole number/],
    [["train", "--resume"], /--resume needs the run folder/],
    [["train", "--data", "/no/such/folder"], /\/no\/such\/folder/],
    [["eval"], /which run/],
    [["eval", "/no/such/run"], /holds no run/],
    [["sample", "x", "--out", "picture.bmp"], /ends in \.png or \.idx/],
  ])("elbo %j", async (args, pattern) => {
    const outcome = await elbo(...args);
    expect([1, 2]).toContain(outcome.code);
    expectRefusal(outcome, args[1] === "--data" ? outcome.code! : 2, pattern);
  });

  test("help explains every verb and ends with 0", async () => {
    for (const args of [
      ["--help"],
      ["train", "--help"],
      ["eval", "--help"],
      ["sample", "--help"],
      ["reconstruct", "--help"],
      ["info", "--help"],
      ["start", "--help"],
    ]) {
      const { code, out } = await elbo(...args);
      expect(code).toBe(0);
      expect(out).toMatch(/elbo/);
    }
  });
});

describe("a run", () => {
  const whole = folder("whole");

  test("leaves config, weights, log and report, and prints figures and the report's path", async () => {
    const { code, out, err } = await elbo("train", ...small, "--epochs", "3", "--out", whole);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(readdirSync(whole).sort()).toEqual(["config.json", "log.jsonl", "report.html", "weights.safetensors"]);
    expect(out).toMatch(/^compiled in \d+ ms, \d+ threads?$/m);
    expect(out).toMatch(/test ELBO -\d+\.\d+ nats per example/);
    expect(out).toContain(join(whole, "report.html"));
    expect(logOf(whole)).toHaveLength(3);
    for (const { train, test: judged } of logOf(whole)) {
      for (const figures of [train, judged]) expect(figures.elbo).toBeCloseTo(figures.reconstruction - figures.kl, 9);
    }
  });

  test("interrupted twice in mid-epoch and resumed, it equals the uninterrupted one to the last bit", async () => {
    const parts = folder("parts");
    const first = launch("train", ...small, "--epochs", "3", "--out", parts);
    await first.printed(/epoch 1\/3/);
    first.process.kill("SIGINT");
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.out).toContain(`--resume ${parts}`);
    const second = launch("train", "--resume", parts);
    await second.printed(/epoch 2\/3/);
    second.process.kill("SIGINT");
    await second.ended;
    expect((await elbo("train", "--resume", parts)).code).toBe(0);
    expect(tensorBytes(parts)).toEqual(tensorBytes(whole));
    expect(withoutSeconds(parts)).toEqual(withoutSeconds(whole));
  });

  test("begun with --eager and gone on with on one thread, it equals the compiled one to the last bit", async () => {
    const run = folder("eager");
    const { out } = await elbo("train", ...small, "--epochs", "1", "--eager", "--out", run);
    expect(out).toMatch(/^not compiled, as asked$/m);
    const resumed = await elbo("train", "--resume", run, "--epochs", "3", "--threads", "1");
    expect(resumed.out).toMatch(/^compiled in \d+ ms, 1 thread$/m);
    expect(tensorBytes(run)).toEqual(tensorBytes(whole));
    expect(withoutSeconds(run)).toEqual(withoutSeconds(whole));
    const files = [["--eager"], ["--threads", "1"]].map((how, i) => [folder(`how-${i}.json`), ...how]);
    for (const [json, ...how] of files)
      expect((await elbo("eval", run, "--samples", "2", "--json", json, ...how)).err).toBe("");
    const [eager, other] = files.map(([json]) => JSON.parse(readFileSync(json, "utf8")) as { figures: unknown });
    expect(other.figures).toEqual(eager.figures);
  });

  test("killed outright, it goes on from its last checkpoint to the same bits", async () => {
    const killed = folder("killed");
    const first = launch("train", ...small, "--epochs", "3", "--out", killed);
    await first.printed(/epoch 1\/3/);
    first.process.kill("SIGKILL");
    await first.ended;
    expect((await elbo("train", "--resume", "--out", killed)).code).toBe(0);
    expect(tensorBytes(killed)).toEqual(tensorBytes(whole));
    expect(withoutSeconds(killed)).toEqual(withoutSeconds(whole));
  });

  test("killed before its first epoch has ended, it goes on from the start", async () => {
    const early = folder("early");
    const first = launch("train", ...small, "--epochs", "3", "--out", early);
    await first.printed(/training on/);
    while (!existsSync(join(early, "weights.safetensors"))) await new Promise((resolve) => setTimeout(resolve, 5));
    first.process.kill("SIGKILL");
    await first.ended;
    expect((await elbo("train", "--resume", early)).code).toBe(0);
    expect(tensorBytes(early)).toEqual(tensorBytes(whole));
    expect(readdirSync(early).sort()).toEqual(["config.json", "log.jsonl", "report.html", "weights.safetensors"]);
  });

  test("a second process in the folder is refused while the first one trains", async () => {
    const shared = folder("shared");
    const first = launch("train", ...small, "--epochs", "3", "--out", shared);
    await first.printed(/epoch 1\/3/);
    expectRefusal(
      await elbo("train", "--resume", shared, "--epochs", "4"),
      2,
      /process \d+ is training in this folder/,
    );
    expect((await first.ended).code).toBe(0);
    expect(tensorBytes(shared)).toEqual(tensorBytes(whole));
  });

  test("a run whose config.json was edited, or whose data changed, is refused", async () => {
    const edited = folder("edited");
    await elbo("train", ...small, "--epochs", "1", "--out", edited);
    const config = join(edited, "config.json");
    const original = readFileSync(config, "utf8");
    const resume = (): Promise<Outcome> => elbo("train", "--resume", edited, "--epochs", "2");
    writeFileSync(config, original.replace('"batch": 1', '"batch": 5'));
    expectRefusal(await resume(), 2, /not from one run/);
    writeFileSync(config, original.replace('"optimizer": "adam"', '"optimizer": "sgd"'));
    expectRefusal(await resume(), 2, /not from one run/);
    writeFileSync(config, original.replace('"batch": 1', '"batch": 0'));
    expectRefusal(await resume(), 2, /config\.json: holds choices that make no run .*batch/);
    for (const text of ["null", "{}", '{"format":"elbo-run-1"}']) {
      writeFileSync(config, text);
      expectRefusal(await resume(), 2, /config\.json/);
    }
    writeFileSync(config, original);
    writeFileSync(join(edited, "log.jsonl"), '{"epoch":1}\n');
    expectRefusal(await resume(), 2, /log\.jsonl/);
    rmSync(join(edited, "log.jsonl"));
    expectRefusal(await resume(), 2, /0 of the 1 epochs/);
    expect((await elbo("info", edited)).code).toBe(0);
  });

  mounted = ((): boolean => {
    mkdirSync(small100k);
    return spawnSync("mount", ["-t", "tmpfs", "-o", "size=100k", "tmpfs", small100k]).status === 0;
  })();
  test.skipIf(!mounted)(
    `a run that does not fit on the disk leaves nothing behind${mounted ? "" : " (cannot mount a small disk here)"}`,
    async () => {
      expectRefusal(await elbo("train", ...small, "--out", join(small100k, "deep/run")), 1, /disk is full/);
      expect(readdirSync(small100k)).toEqual([]);
    },
  );

  test("fewer epochs first, more later: the same bits as all at once", async () => {
    const grown = folder("grown");
    await elbo("train", ...small, "--epochs", "1", "--out", grown);
    expect((await elbo("train", "--resume", grown, "--epochs", "3")).code).toBe(0);
    expect(tensorBytes(grown)).toEqual(tensorBytes(whole));
  });

  test("an existing run folder, and another choice on resume, are refused", async () => {
    const before = weights(whole);
    expectRefusal(await elbo("train", ...small, "--out", whole), 2, /exists and is not empty.*--resume/);
    expectRefusal(
      await elbo("train", "--resume", whole, "--latent", "7"),
      2,
      /--latent 7 differs from the run, which has 3/,
    );
    expectRefusal(await elbo("train", "--resume", whole, "--epochs", "2"), 2, /has 3 epochs already/);
    expect(weights(whole)).toEqual(before);
  });

  test("eval, sample, reconstruct and info read it", async () => {
    const json = folder("figures.json");
    expect((await elbo("eval", whole, "--samples", "5", "--json", json)).code).toBe(0);
    const { figures } = JSON.parse(readFileSync(json, "utf8")) as { figures: Record<string, number> };
    expect(figures.nll).toBeLessThan(-figures.elbo + 3 * figures["nll standard error"]);
    expect((await elbo("sample", whole, "--count", "9", "--out", folder("s.png"))).code).toBe(0);
    expect((await elbo("sample", whole, "--count", "9", "--out", folder("s.idx"))).code).toBe(0);
    expect((await elbo("reconstruct", whole, "--count", "12", "--out", folder("r.png"))).code).toBe(0);
    for (const name of ["s.png", "r.png"]) expect(readFileSync(folder(name)).subarray(1, 4).toString()).toBe("PNG");
    expect(readFileSync(folder("s.idx"))).toHaveLength(16 + 9 * 784);
    const { out } = await elbo("info", whole, "--json");
    expect((JSON.parse(out) as Record<string, unknown>)["weights SHA-256"]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("a half-written checkpoint and a damaged config are told in one line", async () => {
    const copy = folder("damaged");
    await elbo("train", ...small, "--epochs", "1", "--out", copy);
    truncateSync(join(copy, "weights.safetensors"), 5000);
    for (const args of [
      ["train", "--resume", copy],
      ["eval", copy],
      ["info", copy],
    ]) {
      expectRefusal(await elbo(...args), 2, /weights\.safetensors/);
    }
    writeFileSync(join(copy, "config.json"), '{"format":');
    expectRefusal(await elbo("info", copy), 2, /config\.json/);
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk is a failure (1), in words", async () => {
    expectRefusal(await elbo("eval", whole, "--samples", "0", "--json", "/dev/full"), 1, /disk is full/);
  });
});

describe("the mode of matrix products", () => {
  // What `--matmul fast` is on this runtime, and what it is not.
  const here = enableRelaxedSimd().fast;
  const other = here === "fused" ? "separate" : "fused";
  const brief = [...small, "--batch", "50"];
  /** Rewrites the metadata of a run's checkpoint. */
  const note = (run: string, change: (metadata: Record<string, string>) => void): void => {
    const { tensors, metadata } = readSafetensors(weights(run), run);
    change(metadata);
    writeFileSync(join(run, "weights.safetensors"), writeSafetensors(tensors, metadata));
  };
  const facts = async (...args: string[]): Promise<Record<string, string>> =>
    JSON.parse((await elbo("info", ...args, "--json")).out) as Record<string, string>;

  describe.each(["fast", "strict"] as const)("--matmul %s", (matmul) => {
    const expected = matmul === "fast" ? here : "separate";

    test("is recorded with its class, in the run, its checkpoint and its report", async () => {
      const run = folder(`matmul-${matmul}`);
      expect((await elbo("train", ...brief, "--epochs", "1", "--matmul", matmul, "--out", run)).code).toBe(0);
      expect(await facts(run)).toMatchObject({ matmul, "multiply-adds": expected });
      expect(readSafetensors(weights(run), run).metadata.multiplyAdds).toBe(expected);
      expect(readFileSync(join(run, "report.html"), "utf8")).toContain("multiply-adds");
      const { err } = await elbo("train", "--resume", run, "--epochs", "2", "--matmul", matmul);
      expect(err).toBe("");
    });

    test("eval repeats the figures that the run recorded, to the last digit", async () => {
      // Of few examples, since a sum over many rounds away what tells the modes apart.
      for (const size of ["2", "5"]) {
        const [run, json] = [folder(`figures-${matmul}-${size}`), folder(`figures-${matmul}-${size}.json`)];
        await elbo("train", ...brief, "--test-size", size, "--matmul", matmul, "--epochs", "1", "--out", run);
        await elbo("eval", run, "--samples", "0", "--json", json);
        const { figures } = JSON.parse(readFileSync(json, "utf8")) as { figures: Record<string, number> };
        // eval draws its z with a key of its own; the KL has nothing to draw.
        expect(figures.kl).toBe(logOf(run)[0].test.kl);
      }
    });
  });

  test.skipIf(here === "separate")(
    `fused multiply-adds give other bits than separate ones${here === "fused" ? "" : " (there are none here)"}`,
    () => expect(tensorBytes(folder("matmul-fast"))).not.toEqual(tensorBytes(folder("matmul-strict"))),
  );

  test("a run that goes on under another class says so in one line, and records it", async () => {
    const run = folder("moved");
    await elbo("train", ...brief, "--epochs", "1", "--out", run);
    note(run, (metadata) => void (metadata.multiplyAdds = other));
    const { code, err } = await elbo("train", "--resume", run, "--epochs", "2");
    expect(code).toBe(0);
    expect(err).toMatch(/^elbo train: this run began with [^\n]+: its bits will differ from an uninterrupted run$/);
    expect(await facts(run)).toMatchObject({ "multiply-adds": `${other}, then ${here}`, "epochs done": 2 });
    expect((await elbo("train", "--resume", run, "--epochs", "3")).err).toBe("");
  });

  test("a run of before there was the choice reads as strict, and says that its products were others", async () => {
    const run = folder("old");
    await elbo("train", ...brief, "--matmul", "strict", "--epochs", "1", "--out", run);
    const config = join(run, "config.json");
    writeFileSync(config, readFileSync(config, "utf8").replace(/\n *"matmul": "strict",/, ""));
    note(run, (metadata) => {
      delete metadata.multiplyAdds;
      expect(metadata["note.choices"]).not.toContain("matmul");
    });
    expect(readFileSync(config, "utf8")).not.toContain("matmul");
    expect(await facts(run)).toMatchObject({ matmul: "strict", "multiply-adds": "double-precision" });
    const { code, err } = await elbo("train", "--resume", run, "--epochs", "2");
    expect(code).toBe(0);
    expect(err).toMatch(/^elbo train: this run began with double-precision multiply-adds[^\n]*$/);
    expect(await facts(run)).toMatchObject({ matmul: "strict", "multiply-adds": "double-precision, then separate" });
  });

  test("is one of the choices that a run keeps", async () => {
    const run = folder("kept");
    await elbo("train", ...brief, "--epochs", "1", "--out", run);
    expectRefusal(
      await elbo("train", "--resume", run, "--epochs", "2", "--matmul", "strict"),
      2,
      /--matmul strict differs from the run, which has fast/,
    );
    const config = join(run, "config.json");
    writeFileSync(config, readFileSync(config, "utf8").replace('"matmul": "fast"', '"matmul": "strict"'));
    expectRefusal(await elbo("train", "--resume", run, "--epochs", "2"), 2, /not from one run/);
  });

  test("without WebAssembly it says once that it is slow, and a strict run has the same bits", () => {
    const run = folder("plain");
    const words = ["train", ...brief, "--matmul", "strict", "--epochs", "1", "--out", run];
    const options = { cwd: root, encoding: "utf8" } as const;
    const without = ["--import", "data:text/javascript,delete globalThis.WebAssembly"];
    const plain = spawnSync(process.execPath, [...without, "--import", "tsx", main, ...words], options);
    expect(plain.stderr).toMatch(/^elbo train: this runtime has no WebAssembly SIMD; [^\n]*plain TypeScript[^\n]*\n$/);
    const simd = folder("simd");
    expect(spawnSync(process.execPath, ["--import", "tsx", main, ...words.slice(0, -1), simd], options).stderr).toBe(
      "",
    );
    expect(tensorBytes(run)).toEqual(tensorBytes(simd));
  });

  test("info says what multiplies here, as train finds it", async () => {
    // In a process of its own, where nobody has switched anything on.
    const { out, code } = await launch("info", "--json").ended;
    expect(code).toBe(0);
    const all = JSON.parse(out) as Record<string, string>;
    expect(all["matmul kernel"]).toMatch(/WebAssembly SIMD/);
    expect(all["matmul fast"]).toContain(here);
  });
});

test("an autoencoder has no ELBO, and a report without one", async () => {
  const run = folder("ae");
  const { code, out } = await elbo("train", ...small, "--model", "ae", "--epochs", "1", "--out", run);
  expect(code).toBe(0);
  expect(out).toMatch(/test reconstruction -\d/);
  expect(logOf(run)[0].test).toMatchObject({ elbo: null, kl: 0 });
  expect((await elbo("eval", run)).code).toBe(0);
});

describe("data that is not what it claims to be", () => {
  const data = folder("data");
  const pixels = (count: number): Uint8Array =>
    writeIdx(
      [count, 6, 5],
      Uint8Array.from({ length: count * 30 }, (_, i) => (i * 37) % 256),
    );
  const labels = (count: number): Uint8Array =>
    writeIdx(
      [count],
      Uint8Array.from({ length: count }, (_, i) => i % 3),
    );
  const files = (parts: Record<string, Uint8Array>): void => {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data);
    for (const [name, bytes] of Object.entries(parts)) writeFileSync(join(data, name), bytes);
  };
  const good = {
    "train-images-idx3-ubyte": pixels(40),
    "train-labels-idx1-ubyte": labels(40),
    "t10k-images-idx3-ubyte": pixels(12),
    "t10k-labels-idx1-ubyte": labels(12),
  };
  const options = ["--data", data, "--hidden", "8", "--latent", "2", "--batch", "8", "--epochs", "1"];

  test("a good folder trains, whatever the size of its images", async () => {
    files(good);
    const outcome = await elbo("train", ...options, "--out", folder("from-idx"));
    expect(outcome.err).toBe("");
    expect(outcome.code).toBe(0);
  });

  test("a run does not go on with other data", async () => {
    files(good);
    const run = folder("other-data");
    expect((await elbo("train", ...options, "--out", run)).code).toBe(0);
    files({ ...good, "t10k-images-idx3-ubyte": pixels(11), "t10k-labels-idx1-ubyte": labels(11) });
    expectRefusal(await elbo("train", "--resume", run, "--epochs", "2"), 2, /the data has changed/);
    rmSync(data, { recursive: true });
    // A VAE samples from its prior, which needs no data.
    expect((await elbo("sample", run, "--count", "4", "--out", folder("no-data.png"))).code).toBe(0);
  });

  test.each([
    ["truncated", { "train-images-idx3-ubyte": pixels(40).subarray(0, 500) }, /header promises 40 x 6 x 5 bytes/],
    ["oversized", { "t10k-images-idx3-ubyte": new Uint8Array([...pixels(12), 0]) }, /header promises 12 x 6 x 5 bytes/],
    ["labels of another count", { "train-labels-idx1-ubyte": labels(39) }, /labels 39/],
    ["images named as labels", { "train-labels-idx1-ubyte": pixels(40) }, /train-labels-idx1-ubyte/],
    [
      "another magic number",
      { "train-images-idx3-ubyte": new TextEncoder().encode("PNG? no") },
      /train-images-idx3-ubyte/,
    ],
  ])("%s: exit code 2 and no run folder", async (_, change, pattern) => {
    files({ ...good, ...(change as unknown as Record<string, Uint8Array>) });
    expectRefusal(await elbo("train", ...options, "--out", folder("never")), 2, pattern);
    expect(existsSync(folder("never"))).toBe(false);
  });
});

test("the commands of the README run as they stand", async () => {
  const page = readFileSync(join(root, "packages/cli/README.md"), "utf8");
  const commands = [...page.matchAll(/^pnpm elbo (.*)$/gm)].map(([, words]) => words.split(" "));
  expect(commands.length).toBeGreaterThan(5);
  const here = process.cwd();
  process.chdir(mkdtempSync(join(scratch, "readme-")));
  try {
    for (const words of commands) expect(await elbo(...words), words.join(" ")).toMatchObject({ code: 0, err: "" });
    expect(readdirSync(".").sort()).toEqual([
      "figures.json",
      "interpolation.gif",
      "reconstructions.png",
      "runs",
      "samples.idx",
      "samples.png",
      "traversal.png",
    ]);
  } finally {
    process.chdir(here);
  }
});
