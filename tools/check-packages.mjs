// `node tools/check-packages.mjs [full]`: packs every package, installs the tarballs into an empty project, and runs
// `snippets.mjs` there under plain Node: what a user of the published packages would see.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("..", import.meta.url));
const names = ["tensor", "autograd", "vae", "cli"];
const scratch = mkdtempSync(join(tmpdir(), "elbo-packages-"));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

try {
  const tarballs = {};
  for (const name of names) {
    const folder = join(root, "packages", name);
    const target = join(scratch, name);
    mkdirSync(target);
    run("npx", ["--yes", "pnpm@10.34.9", "pack", "--pack-destination", target], folder);
    const tarball = join(target, readdirSync(target)[0]);
    tarballs[`@elbo/${name}`] = `file:${tarball}`;
    const { messages, pkg } = await publint({
      pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
      strict: true,
    });
    for (const message of messages) console.log(`publint @elbo/${name}: ${formatMessage(message, pkg)}`);
    if (messages.some((message) => message.type === "error")) process.exitCode = 1;
  }
  const project = join(scratch, "project");
  mkdirSync(project);
  // The packages depend on each other by version; the overrides point those at the tarballs too.
  const manifest = {
    name: "empty",
    private: true,
    type: "module",
    dependencies: tarballs,
    overrides: Object.fromEntries(Object.keys(tarballs).map((name) => [name, `$${name}`])),
  };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], project);
  copyFileSync(join(root, "tools", "snippets.mjs"), join(project, "snippets.mjs"));
  console.log(run(process.execPath, ["snippets.mjs", ...process.argv.slice(2)], project));
  console.log(run(join(project, "node_modules", ".bin", "elbo"), ["info"], project));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
