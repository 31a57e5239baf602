// `node tools/pack.mjs [FOLDER]`: packs every package into tarballs that `npm install` takes, in ./tarballs by default.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The packages, bottom to top. */
export const names = ["tensor", "autograd", "compiler", "vae", "cli"];

/** Packs the built packages into a folder; the path of each tarball by package name. */
export function pack(folder) {
  const tarballs = {};
  for (const name of names) {
    const target = join(folder, name);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    execFileSync("npx", ["--yes", "pnpm@10.34.9", "pack", "--pack-destination", target], {
      cwd: join(root, "packages", name),
      stdio: ["ignore", "ignore", "inherit"],
    });
    tarballs[`@elbo/${name}`] = join(target, readdirSync(target)[0]);
  }
  return tarballs;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tarballs = pack(resolve(process.argv[2] ?? join(root, "tarballs")));
  console.log(`npm install ${Object.values(tarballs).join(" ")}`);
}
