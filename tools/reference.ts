// Writes docs/reference.md: every export of the packages with the first sentence of its documentation.
// `pnpm run reference` after a change of names or docstrings; a test holds the page to the source.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as autograd from "@elbo/autograd";
import * as testing from "@elbo/autograd/testing";
import * as compiler from "@elbo/compiler";
import * as stages from "@elbo/compiler/stages";
import * as tensor from "@elbo/tensor";
import * as kernels from "@elbo/tensor/kernels";
import * as tensorNode from "@elbo/tensor/node";
import * as vae from "@elbo/vae";
import * as node from "@elbo/vae/node";
import * as report from "@elbo/vae/report";

const root = fileURLToPath(new URL("..", import.meta.url));
const entries = {
  "@elbo/tensor": [tensor, "packages/tensor/src"],
  "@elbo/tensor/kernels": [kernels, "packages/tensor/src/kernels.ts"],
  "@elbo/tensor/node": [tensorNode, "packages/tensor/src/node"],
  "@elbo/autograd": [autograd, "packages/autograd/src"],
  "@elbo/autograd/testing": [testing, "packages/autograd/src/testing"],
  "@elbo/compiler": [compiler, "packages/compiler/src"],
  "@elbo/compiler/stages": [stages, "packages/compiler/src/stages.ts"],
  "@elbo/vae": [vae, "packages/vae/src"],
  "@elbo/vae/node": [node, "packages/vae/src/node"],
  "@elbo/vae/report": [report, "packages/vae/src/report"],
} as const;

/** Exports that are whole modules. */
const namespaces: Readonly<Record<string, Documented>> = {
  meaning: {
    file: "packages/tensor/src/meaning/index.ts",
    sentence: "What every elementwise operation means, by name.",
  },
};

interface Documented {
  readonly file: string;
  readonly sentence: string;
}

const DECLARATION =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^export (?:declare )?(?:async )?(?:const|function\*?|class) (\w+)/gm;

/** The files of a folder, or those that a file exports from. */
function sourcesOf(place: string): string[] {
  if (!place.endsWith(".ts")) {
    return readdirSync(join(root, place), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("rules") && !/^meaning\/(?!evaluate)/.test(file))
      .sort()
      .map((file) => join(place, file));
  }
  const source = readFileSync(join(root, place), "utf8");
  return [...source.matchAll(/ from "(\..*)\.js";/g)].map(([, path]) => join(dirname(place), `${path}.ts`));
}

/** The first sentence of the docstring of every exported value of a folder, or of what a file exports again, by name. */
function documented(place: string): Map<string, Documented> {
  const found = new Map<string, Documented>();
  for (const file of sourcesOf(place)) {
    const source = readFileSync(join(root, file), "utf8");
    for (const [, doc, name] of source.matchAll(DECLARATION)) {
      const text = (doc ?? "").replaceAll(/\s*\n\s*\*\s?/g, " ").trim();
      const sentence = /^(?:`[^`]*`|[^`])*?[.;:](?=\s|$)/.exec(text)?.[0].replace(/[;:]$/, ".") ?? text;
      if (!found.has(name) || found.get(name)!.sentence === "") found.set(name, { file, sentence });
    }
  }
  return found;
}

/** The page. */
export function reference(): string {
  const lines = [
    "# Reference",
    "",
    "Every value that the packages export, with the first sentence of its documentation; the name leads to the file that",
    "defines it, where shapes, errors and an example stand. Written by `pnpm run reference`.",
  ];
  for (const [name, [exports, place]] of Object.entries(entries)) {
    const docs = documented(place);
    lines.push("", `## ${name}`, "", "| name | what it is |", "| --- | --- |");
    for (const key of Object.keys(exports).sort()) {
      const { file, sentence } = docs.get(key) ?? namespaces[key] ?? { file: "", sentence: "" };
      const link = file === "" ? `\`${key}\`` : `[\`${key}\`](../${file})`;
      lines.push(`| ${link} | ${sentence.replaceAll("|", "\\|")} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, "docs/reference.md"), reference());
