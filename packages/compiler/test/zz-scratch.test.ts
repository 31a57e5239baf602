import { it } from "vitest";
import { interpret, valuesOf } from "./support/interpret.js";
import { randomGraph } from "./support/random-graph.js";
it("stats", () => {
  const ops = new Map<string, number>(); let fin = 0, total = 0, elems = 0, outs=0, many=0, ms=0;
  for (let seed = 0; seed < 200; seed++) {
    const { graph, inputs, state } = randomGraph({ seed, size: 40 });
    const t=performance.now(); interpret(graph, inputs, state); ms+=performance.now()-t;
    for (const id of graph.outputs) { const d=[...valuesOf(graph, inputs, state)[id].data]; if (d.length){ total++; if (d.filter(Number.isFinite).length * 2 > d.length) fin++; elems += d.length; if (new Set(d).size > 4) many++; } }
    outs += graph.outputs.length;
  }
  console.log({ finite: fin / total, varied: many / total, elemsPer: elems / total, outs: outs/200, msPer: ms/200 });
}, 300000);
