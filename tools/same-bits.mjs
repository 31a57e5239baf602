// Trains one small model under this Node and under a newer one (npm's `node` package brings it), and compares the
// hashes of the weights and of the embedded digits: same seed, same bits.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const NEWER = process.argv[2] ?? "24";
const program = fileURLToPath(new URL("bits.ts", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const under = (command, args) =>
  JSON.parse(
    execFileSync(command, [...args, "--import", "tsx", program], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );

const here = under(process.execPath, []);
const there = under("npx", ["--yes", `node@${NEWER}`]);
for (const result of [here, there]) console.log(JSON.stringify(result));
const different = Object.keys(here).filter((name) => name !== "node" && here[name] !== there[name]);
if (different.length > 0) {
  console.error(`Node ${here.node} and Node ${there.node} differ in: ${different.join(", ")}`);
  process.exitCode = 1;
} else console.log(`Node ${here.node} and Node ${there.node} agree to the bit`);
