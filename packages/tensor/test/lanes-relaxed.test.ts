// As lanes.test.ts, with relaxed SIMD: choosing by one instruction has the bits of choosing by three. The flag holds for
// the process, and so this is a file of its own.

import { describe, expect, it } from "vitest";
import { enableRelaxedSimd } from "../src/node/index.js";
import { hasRelaxedSimd, hasSimd } from "../src/wasm/features.js";
import { everyMeaning, expectLanes } from "./lanes.js";

enableRelaxedSimd();

describe.skipIf(!hasRelaxedSimd())("with relaxed SIMD", () => {
  it.each(everyMeaning)("$name", expectLanes);
});

it("every Node that has SIMD has it", () => {
  expect(hasRelaxedSimd()).toBe(hasSimd());
});
