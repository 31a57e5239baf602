// Trains small models under this Node, under a newer one (npm's `node` package brings it), and under that with V8's
// experimental pairing of vectors, and compares the hashes of the weights and of the embedded digits: same seed, same
// bits.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const NEWER = process.argv[2] ?? "24";
const program = fileURLToPath(new URL("bits.ts", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const under = (command, args, ...switches) =>
  JSON.parse(
    execFileSync(command, [...args, "--import", "tsx", program, ...switches], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );

const newer = ["--yes", `node@${NEWER}`];
const runs = {
  "this Node": under(process.execPath, []),
  "the newer one": under("npx", newer),
  "the newer one with paired vectors": under("npx", newer, "--paired"),
};
for (const [name, result] of Object.entries(runs)) console.log(`${name}: ${JSON.stringify(result)}`);
const here = runs["this Node"];
const different = Object.keys(here).filter(
  (name) => name !== "node" && Object.values(runs).some((other) => other[name] !== here[name]),
);
if (different.length > 0) {
  console.error(`they differ in: ${different.join(", ")}`);
  process.exitCode = 1;
} else console.log(`Node ${here.node} and Node ${runs["the newer one"].node} agree to the bit`);
