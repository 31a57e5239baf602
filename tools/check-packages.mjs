// `node tools/check-packages.mjs [full]`: packs every package, installs the tarballs into an empty project, and runs
// `snippets.mjs` there under plain Node: what a user of the published packages would see.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pack } from "./pack.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "elbo-packages-"));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

try {
  const tarballs = pack(scratch);
  for (const [name, tarball] of Object.entries(tarballs)) {
    const { messages, pkg } = await publint({
      pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer },
      strict: true,
    });
    for (const message of messages) console.log(`publint ${name}: ${formatMessage(message, pkg)}`);
    if (messages.some((message) => message.type === "error")) process.exitCode = 1;
  }
  const project = join(scratch, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...Object.values(tarballs)], project);
  copyFileSync(join(root, "tools", "snippets.mjs"), join(project, "snippets.mjs"));
  console.log(run(process.execPath, ["snippets.mjs", ...process.argv.slice(2)], project));
  console.log(run(join(project, "node_modules", ".bin", "elbo"), ["info"], project));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
