import { writeSync } from "node:fs";
import { it } from "vitest";
import { lower } from "../src/fuse/lower.js";
import { fuse } from "../src/fuse/fuse.js";
import { schedule } from "../src/fuse/schedule.js";
import { simplify } from "../src/simplify/simplify.js";
import { randomGraph } from "./support/random-graph.js";
const log = (s: string) => writeSync(2, s + "\n");
it("one", () => {
    const { graph } = randomGraph({ seed: Number(process.env.SEED), size: Number(process.env.SIZE ?? 30) });
    log("made"); const s = simplify(graph); log("simplified");
    const g = lower(s); log("lowered");
    log(g.nodes.map(n => `${n.id} ${n.op} (${n.inputs}) [${n.shape}] ${n.dtype} ${n.op === "constant" ? "" : JSON.stringify(n.attributes)?.slice(0,100)}`).join("\n") + "\nout " + g.outputs + " next " + g.nextState);
    const f = fuse(g); log("fused");
    for (const k of f.kernels) log(JSON.stringify(k).slice(0, 700));
    schedule(g, f); log("scheduled");
});
