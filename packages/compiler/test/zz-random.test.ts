import { createRequire } from "node:module"; const require = createRequire(import.meta.url);
import { expect, it } from "vitest";
import { expectSameResults, interpret } from "./support/interpret.js";
import { backward, forward, graphProgram } from "./support/program.js";
import { randomGraph } from "./support/random-graph.js";
it("sweep", () => {
  let bad = 0;
  const first = Number(process.env.FIRST ?? 0), count = Number(process.env.COUNT ?? 200), size = Number(process.env.SIZE ?? 30);
  const seen = new Map<string, number>();
  const t0 = Date.now(); let tc = 0;
  for (let seed = first; seed < first + count; seed++) {
    const { graph, inputs, state } = randomGraph({ seed, size });
    const want = interpret(graph, inputs, state);
    try {
      const t1 = Date.now(); process.env.V && require("node:fs").writeSync(2, `seed ${seed}\n`);
      const program = graphProgram(graph, { threads: 3 });
      tc += Date.now() - t1;
      for (const team of [forward(1), forward(2), backward(3)]) expectSameResults(program.step(inputs, state, team), want);
    } catch (e) { bad++; const m = String((e as Error).stack).split("\n").slice(0, 4).join(" | ").slice(0, 400); const k = m.replace(/\d+/g, "#").slice(0, 80); if ((seen.get(k) ?? 0) < 4) console.log("seed", seed, m); seen.set(k, (seen.get(k) ?? 0) + 1); }
  }
  console.log("bad", bad, "ms", Date.now() - t0, "compile", tc, [...seen]);
}, 300000);
