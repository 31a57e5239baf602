// The report of a run: computed in the run's mode, with the class of its multiply-adds among the settings; and the
// words for what multiplies here.

import { matmulEngine, matmulMode, type MatmulMode } from "@elbo/tensor";
import { describe, expect, test } from "vitest";
import { vae, type Vae } from "../src/models/vae.js";
import { matmulFacts } from "../src/node/machine.js";
import { runConfig } from "../src/node/run-folder.js";
import { runReport } from "../src/node/run-report.js";
import { trainingConfig } from "../src/training/fit.js";
import { noise } from "./support/tiny.js";

test.each(["fast", "strict"] as const)("every figure and picture is computed in the run's mode: %s", async (matmul) => {
  const model = vae({ input: [4, 3], hidden: [5], latent: 2 });
  const seen: MatmulMode[] = [];
  const look = (): void => void seen.push(matmulMode());
  const watched: Vae = {
    ...model,
    encode: (...given) => {
      look();
      return model.encode(...given);
    },
    decode: (...given) => {
      look();
      return model.decode(...given);
    },
  };
  const source = { data: "digits", trainSize: null, testSize: null, dataSeed: 0 };
  const config = runConfig({ model: model.config, training: trainingConfig({ matmul }), source }, "");
  const data = noise(8, 6, [4, 3]);
  const page = await runReport({ config, model: watched, log: [], data, multiplyAdds: ["fused", "separate"] });
  // KL and latent map encode, samples decode, reconstructions do both.
  expect(seen).toHaveLength(5);
  expect(new Set(seen)).toEqual(new Set([matmul]));
  expect(matmulMode()).toBe("strict");
  expect(page).toContain("fused, then separate");
  expect(page).toContain(matmul);
});

describe("matmulFacts", () => {
  test("says what multiplies here", () => {
    const { kernel, tile } = matmulEngine();
    expect(matmulFacts()["matmul kernel"]).toContain(kernel === "wasm" ? "WebAssembly SIMD" : "plain TypeScript");
    expect(matmulFacts()["matmul tile"]).toBe(kernel === "wasm" ? `${tile[0]} rows x ${tile[1]} columns` : undefined);
  });

  test("says how fast rounds, and what it falls back to", () => {
    expect(matmulFacts({ kernel: "wasm", fast: "fused", tile: [6, 8] })).toEqual({
      "matmul kernel": "WebAssembly SIMD",
      "matmul tile": "6 rows x 8 columns",
      "matmul fast": "fused multiply-adds, rounded once",
    });
    expect(matmulFacts({ kernel: "wasm", fast: "separate", tile: [6, 8] })["matmul fast"]).toContain("separate");
    expect(matmulFacts({ kernel: "typescript", fast: "separate", tile: [6, 8] })).toEqual({
      "matmul kernel": "plain TypeScript, which is slow: this runtime has no WebAssembly SIMD",
      "matmul fast": "rounds as strict does",
    });
  });
});
