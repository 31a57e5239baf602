import { expect, it } from "vitest";
import { simplify } from "../src/simplify/simplify.js";
import { expectSameResults, interpret } from "./support/interpret.js";
import { randomGraph } from "./support/random-graph.js";
it("sweep", () => {
  let bad = 0;
  for (let seed = 10000; seed < 10900; seed++) {
    const { graph, inputs, state } = randomGraph({ seed, size: 60 });
    const s = simplify(graph);
    try { expectSameResults(interpret(s, inputs, state), interpret(graph, inputs, state)); expect(simplify(s)).toEqual(s); } catch (e) { bad++; console.log("seed", seed, String(e).slice(0, 300)); }
  }
  console.log("bad", bad);
}, 300000);
