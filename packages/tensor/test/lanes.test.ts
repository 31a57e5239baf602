// The SIMD interpretation of every meaning has the bits of the direct one and of compiled text, and writes nothing else.

import { expect, it } from "vitest";
import { hasRelaxedSimd, hasSimd } from "../src/wasm/features.js";
import { everyMeaning, expectLanes } from "./lanes.js";

it.each(everyMeaning)("$name", expectLanes);

it("this was by SIMD, and on Node 20 without its relaxed instructions", () => {
  expect(hasSimd()).toBe(true);
  if (Number(process.versions.node.split(".")[0]) < 22) expect(hasRelaxedSimd()).toBe(false);
});
