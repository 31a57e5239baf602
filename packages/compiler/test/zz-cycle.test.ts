import { it } from "vitest";
import { lower } from "../src/fuse/lower.js";
import { fuse } from "../src/fuse/fuse.js";
import { simplify } from "../src/simplify/simplify.js";
import { randomGraph } from "./support/random-graph.js";
it("cycle", () => {
  let found = 0;
  for (let size = 2; size < 30 && found < 3; size++) for (let seed = 0; seed < 200; seed++) {
    const { graph } = randomGraph({ seed, size });
    const g = lower(simplify(graph));
    try { fuse(g); } catch (e) { if (String(e).includes("CYCLE") && found++ < 2) { console.log(size, seed, String(e)); console.log(g.nodes.map(n => `${n.id} ${n.op} (${n.inputs}) [${n.shape}] ${JSON.stringify(n.attributes)?.slice(0,80)}`).join("\n"), g.outputs, g.nextState); } }
  }
});
